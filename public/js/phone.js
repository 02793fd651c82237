// The linked member's pages. Everything here is on top: each page works without it.
import './combobox.js';
import './copy.js';
import './draft.js';
import './files.js';
import './fill.js';
import './focus.js';
import './install.js';
import './live.js';
import './once.js';
import './report.js';
import './waiting.js';
