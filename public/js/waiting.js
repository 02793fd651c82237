// What waits on this phone: counted in the bar of every page, listed with what may be done with it, and sent as soon as it can be.
import { drop, find, flush, keep, kept } from './queue.js';

const person = () => Number(document.querySelector('[data-kept]')?.dataset.kept) || null;
const others = 'BroadcastChannel' in globalThis ? new BroadcastChannel('phone-reports') : null;
const states = new Map();

function one(box, report) {
  const item = box.querySelector('template').content.cloneNode(true);
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  const { waits, sending, signedOut, draftSaid, refused, untitled, filesSaid } = box.dataset;
  const state = states.get(report.once);
  part('title').textContent = report.fields.find(([name]) => name === 'content')?.[1] || untitled;
  part('files').textContent = report.files.length > 0 ? filesSaid.replace('{n}', report.files.length) : '';
  part('state').textContent = report.draft
    ? draftSaid
    : report.why
      ? `${refused} ${report.why === '?' ? '' : report.why}`
      : state === 'sending'
        ? sending
        : state === 'signed_out'
          ? signedOut
          : waits;
  const picture = report.files.find((file) => file.type.startsWith('image/'));
  if (picture) {
    const image = part('picture');
    image.hidden = false;
    image.src = URL.createObjectURL(picture);
    image.addEventListener('load', () => URL.revokeObjectURL(image.src), { once: true });
  }
  part('edit').addEventListener('click', async () => {
    const whole = await find(report.once);
    if (!whole) return;
    // As a draft: what is being changed must not go out as it was.
    await keep({ ...whole, draft: true });
    await changed();
    document.dispatchEvent(new CustomEvent('report:edit', { detail: whole }));
  });
  part('edit').hidden = state === 'sending' || !document.querySelector('form[data-report]');
  part('delete').addEventListener('click', async () => {
    await drop(report.once);
    changed();
  });
  return item;
}

async function show() {
  const owner = person();
  if (owner === null) return;
  const reports = await kept(owner).catch(() => []);
  for (const badge of document.querySelectorAll('[data-kept]')) {
    badge.hidden = reports.length === 0;
    const said = document.createElement('span');
    said.className = 'quiet';
    said.textContent = badge.dataset.keptWords.replace('{n}', reports.length);
    const number = document.createElement('span');
    number.ariaHidden = 'true';
    number.textContent = reports.length;
    badge.replaceChildren(number, said);
  }
  for (const box of document.querySelectorAll('[data-waiting]')) {
    box.hidden = reports.length === 0;
    box.querySelector('[data-waiting-list]').replaceChildren(...reports.map((report) => one(box, report)));
    box.querySelector('[data-send-now]').hidden = reports.every((report) => report.draft);
    box.querySelector('[data-sign-in]').hidden = ![...states.values()].includes('signed_out');
  }
}

function changed() {
  others?.postMessage('changed');
  return show();
}

function told({ once, state, said }) {
  states.set(once, state);
  if (state === 'sent') {
    states.delete(once);
    for (const notice of document.querySelectorAll('[data-sent]')) {
      notice.hidden = false;
      notice.querySelector('span').textContent = said;
    }
  }
  changed();
}

/** Sends what waits; what cannot be sent now stays, and the browser is asked to try again by itself where it can. */
export async function sendWaiting() {
  const owner = person();
  if (owner === null) return;
  for (const [once, state] of states) if (state === 'signed_out') states.delete(once);
  try {
    await flush(owner, told);
  } catch {
    states.clear();
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.sync?.register('reports').catch(() => {});
  }
  await changed();
}

document.addEventListener('report:kept', () => changed().then(sendWaiting));
document.addEventListener('click', async (event) => {
  if (!event.target.closest?.('[data-send-now]')) return;
  // A hand at the button also tries again what was refused.
  for (const report of await kept(person())) if (report.why && !report.draft) await keep({ ...report, why: undefined });
  sendWaiting();
});
addEventListener(
  'submit',
  (event) => {
    const { leave } = event.target.dataset;
    const badge = document.querySelector('[data-kept]');
    if (leave && badge && !badge.hidden && !confirm(leave)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);
if (others) others.onmessage = show;
addEventListener('online', sendWaiting);
addEventListener('pageshow', () => show().then(sendWaiting));
document.addEventListener('turbo:render', show);
