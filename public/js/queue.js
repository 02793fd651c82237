// Reports that were made on this phone and have not arrived yet. Used by the pages and by the service worker: knows no page.
const address = '/phone/report';
const lock = 'phone-reports';

/** One turn with the store; what it held in the end. */
async function turn(mode, work) {
  const db = await new Promise((resolve, reject) => {
    const opening = indexedDB.open('phone', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('reports', { keyPath: 'once' });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  try {
    return await new Promise((resolve, reject) => {
      const transaction = db.transaction('reports', mode);
      const asked = work(transaction.objectStore('reports'));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

/** A report: { once, person, at, fields: [name, text][], files: File[], draft, why } */
export const keep = (report) => turn('readwrite', (store) => store.put(report));
export const drop = (once) => turn('readwrite', (store) => store.delete(once));
export const find = (once) => turn('readonly', (store) => store.get(once));

/** What this person has kept here, the oldest first; everybody's when nobody is named. */
export async function kept(person) {
  const all = await turn('readonly', (store) => store.getAll());
  return all.filter((report) => person === undefined || report.person === person).sort((a, b) => a.at - b.at);
}

async function send(report) {
  const body = new FormData();
  for (const [name, text] of report.fields) body.append(name, text);
  body.append('once', report.once);
  body.append('person', report.person);
  for (const file of report.files) body.append('files', file, file.name);
  // A session that has ended leads to the page for signing in: seen, not followed.
  const answer = await fetch(address, { method: 'POST', body, headers: { accept: 'application/json' }, redirect: 'manual' });
  if (answer.type === 'opaqueredirect') return { state: 'signed_out' };
  const told = await answer.json().catch(() => ({}));
  if (answer.ok && told.number !== undefined) return { state: 'sent', ...told };
  if (answer.status >= 500 && answer.status !== 507) throw new Error(`answered ${answer.status}`);
  return { state: 'refused', said: told.said ?? '' };
}

/**
 * Sends what waits, one after the other, in one window at a time: what another has sent meanwhile is gone from the store. The key of
 * each report makes the server take it once, however often it arrives. `told` hears of each.
 */
export function flush(person, told = () => {}) {
  const work = async () => {
    for (const { once } of await kept(person)) {
      const report = await find(once);
      if (!report || report.draft || report.why) continue;
      told({ once, state: 'sending' });
      const answer = await send(report);
      if (answer.state === 'sent') await drop(once);
      if (answer.state === 'refused') await keep({ ...report, why: answer.said || '?' });
      told({ once, ...answer });
      if (answer.state === 'signed_out') return;
    }
  };
  return navigator.locks ? navigator.locks.request(lock, work) : work();
}
