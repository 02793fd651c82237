// A filter form sends itself; its button is only there for those without JavaScript.
import { ready, settled } from './ready.js';

ready('form[data-autosubmit]', (form) => {
  form.querySelector('[data-autosubmit-button]')?.setAttribute('hidden', '');
  const send = () => form.requestSubmit();
  const sendSoon = settled(send, 400);
  form.addEventListener('change', (event) => {
    if (!event.target.matches('input[type=search], input[type=text]')) send();
  });
  form.addEventListener('input', (event) => {
    if (event.target.matches('input[type=search], input[type=text]') && !event.isComposing) sendSoon();
  });
  form.addEventListener('compositionend', sendSoon);
});
