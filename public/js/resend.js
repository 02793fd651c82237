// form[data-resend]: photos are made smaller on the way, and a lost connection loses nothing: the form is sent again with the same
// one-time key, by itself, until an answer has come. Without this the browser sends the form as it is.
import { ready } from './ready.js';
import { smaller } from './shrink.js';

const waits = [3, 10, 30, 60];
// By gateways in front of a server that restarts.
const passing = new Set([502, 503, 504]);

async function bodyOf(form) {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (!(value instanceof File)) body.append(name, value);
    else if (value.size > 0) {
      const file = await smaller(value);
      body.append(name, file, file.name);
    }
  }
  return body;
}

ready('form[data-resend]', (form) => {
  const { sending, offline } = form.dataset;
  const said = form.querySelector('[data-resend-said]');
  const key = `resend:${form.getAttribute('action')}`;
  const once = form.elements.namedItem('once');
  let tries = 0;
  let waiting;

  // A try whose answer never came, before the page was loaded again: it must not become a second report.
  const unanswered = sessionStorage.getItem(key);
  if (unanswered && !form.querySelector('[data-refused]')) once.value = unanswered;

  const tell = (text) => {
    said.textContent = text;
  };
  // The form stays, with its key: whoever does not want to wait may press again.
  const stay = (text) => {
    sessionStorage.setItem(key, once.value);
    sessionStorage.removeItem('draft-sent');
    tell(text);
    form.dispatchEvent(new Event('turbo:submit-end', { bubbles: true }));
  };
  const later = () => {
    stay(offline);
    clearTimeout(waiting);
    waiting = setTimeout(send, waits[Math.min(tries++, waits.length - 1)] * 1000);
  };
  const showAnswer = (html) => {
    const page = new DOMParser().parseFromString(html, 'text/html');
    const answer = page.querySelector('main');
    // A page without the form says why nothing was taken: too much at once, or a failure of ours.
    if (!answer?.querySelector('form[data-resend]')) return stay(answer?.textContent.replace(/\s+/g, ' ').trim() ?? offline);
    sessionStorage.removeItem(key);
    document.querySelector('main').replaceWith(document.adoptNode(answer));
    document.title = page.title;
    document.dispatchEvent(new Event('turbo:render'));
  };

  async function send() {
    clearTimeout(waiting);
    if (!form.isConnected) return;
    tell(sending);
    let response;
    let html;
    try {
      response = await fetch(form.getAttribute('action'), { method: 'POST', body: await bodyOf(form) });
      html = await response.text();
    } catch {
      return later();
    }
    if (passing.has(response.status)) return later();
    if (!response.redirected) return showAnswer(html);
    sessionStorage.removeItem(key);
    location.assign(response.url);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    tries = 0;
    send();
  });
  addEventListener('online', () => {
    if (said.textContent === offline) send();
  });
});
