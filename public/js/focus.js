// After a refused form the summary of what is wrong is where the reader starts.
import { ready } from './ready.js';

ready('[data-focus]', (element) => element.focus());

// A strip that is wider than its place shows its newest end.
ready('[data-scroll-end]', (element) => {
  element.scrollLeft = element.scrollWidth;
});
