// A second press while the first is under way sends nothing. (The server's idem key holds where this doesn't run.)
const busy = new WeakSet();

function release(form) {
  busy.delete(form);
  for (const button of form.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
}

document.addEventListener(
  'submit',
  (event) => {
    const form = event.target;
    // A report is kept on the phone first and sent by its own script.
    if (form.method !== 'post' || form.matches('[data-report]')) return;
    if (busy.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    busy.add(form);
    event.submitter?.setAttribute('aria-busy', 'true');
  },
  true,
);

document.addEventListener('turbo:submit-end', (event) => release(event.target));
addEventListener('pageshow', () => document.querySelectorAll('form').forEach(release));
