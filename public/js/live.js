// [data-live-url][data-live-frame] on a form: while its fields change, the element named shows what the server makes of them.
// By POST: a caller's number and words have no business in an address.
import { ready, settled } from './ready.js';

ready('form[data-live-url]', (form) => {
  let last = '';
  let asking = 0;
  const ask = settled(() => {
    const names = form.dataset.liveFields.split(' ');
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (names.includes(name) && value !== '') query.append(name, value);
    const asked = query.toString();
    const frame = document.getElementById(form.dataset.liveFrame);
    if (asked === last || !frame) return;
    last = asked;
    const turn = ++asking;
    fetch(form.dataset.liveUrl, { method: 'POST', body: query })
      .then((answer) => (answer.ok ? answer.text() : null))
      .then((html) => {
        if (html !== null && turn === asking) frame.innerHTML = html;
      })
      .catch(() => {});
  }, 350);
  form.addEventListener('input', (event) => {
    if (!event.isComposing) ask();
  });
  form.addEventListener('change', ask);
  form.addEventListener('compositionend', ask);
});
