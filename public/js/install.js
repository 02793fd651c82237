// The app on the home screen: its service worker, the button that installs it, and word of a lost network.
import { ready } from './ready.js';

const first = ['/phone', '/phone/report'];

/** The pages that open without a network are there from the first visit on. */
async function keepPages() {
  const pages = await caches.open('pages');
  for (const path of first) if (!(await pages.match(path))) await pages.add(path);
}

if ('serviceWorker' in navigator) {
  navigator.serviceWorker.register('/sw.js', { type: 'module' }).catch(() => {});
  navigator.serviceWorker.ready.then(keepPages).catch(() => {});
}

let offer = null;
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offer = event;
  for (const button of document.querySelectorAll('[data-install-now]')) button.hidden = false;
});

ready('[data-install]', (box) => {
  box.hidden = matchMedia('(display-mode: standalone)').matches;
  box.querySelector('[data-install-now]').addEventListener('click', () => offer?.prompt());
});

ready('[data-offline]', (strip) => {
  const show = () => {
    strip.hidden = navigator.onLine;
  };
  addEventListener('online', show);
  addEventListener('offline', show);
  show();
});
