// The staff pages. Everything here is on top: each page works without it.
import '../vendor/turbo.js';
import './autosubmit.js';
import './awake.js';
import './combobox.js';
import './copy.js';
import './draft.js';
import './files.js';
import './fill.js';
import './focus.js';
import './keys.js';
import './live.js';
import './locate.js';
import './menu.js';
import './news.js';
import './once.js';
import './waiting.js';
