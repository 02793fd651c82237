// [data-live-url][data-live-frame] on a form: while its fields change, the turbo-frame shows what the server makes of them.
import { ready, settled } from './ready.js';

ready((root) => {
  for (const form of root.querySelectorAll('form[data-live-url]')) {
    if (form.dataset.live) continue;
    form.dataset.live = '1';
    let last = '';
    const ask = settled(() => {
      const names = form.dataset.liveFields.split(' ');
      const query = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (names.includes(name) && value !== '') query.append(name, value);
      const asked = query.toString();
      const frame = document.getElementById(form.dataset.liveFrame);
      if (asked === last || !frame) return;
      last = asked;
      frame.src = `${form.dataset.liveUrl}?${asked}`;
    }, 350);
    form.addEventListener('input', (event) => {
      if (!event.isComposing) ask();
    });
    form.addEventListener('change', ask);
    form.addEventListener('compositionend', ask);
  }
});
