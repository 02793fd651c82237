// The residents' pages and sign-in: small, for slow networks.
import './combobox.js';
import './copy.js';
import './draft.js';
import './files.js';
import './focus.js';
import './once.js';
import './proof.js';
import './recorder.js';
import './resend.js';
