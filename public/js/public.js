// The residents' pages and sign-in: small, for slow networks.
import './copy.js';
import './draft.js';
import './files.js';
import './focus.js';
import './once.js';
