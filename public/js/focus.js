// After a refused form the summary of what is wrong is where the reader starts.
import { ready } from './ready.js';

ready('[data-focus]', (element) => element.focus());
