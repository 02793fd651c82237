// One open line a visible page: figures of the seat, the list of a desk, the news that a case has changed. Nothing typed is touched.
const hidden_for = 20_000;
let source;
let opened_at = '';
let away;

const address = () => document.body.dataset.liveAt;
function open(again) {
  source?.close();
  source = undefined;
  if (address() === undefined) return;
  opened_at = address();
  source = new EventSource(`/live?at=${encodeURIComponent(opened_at)}${again ? '&again=1' : ''}`);
  source.addEventListener('seat', ({ data }) => {
    for (const [key, { count, hot }] of Object.entries(JSON.parse(data))) {
      for (const element of document.querySelectorAll(`[data-count="${key}"]`)) {
        element.textContent = String(count);
        if (!element.classList.contains('count')) continue;
        element.hidden = count === 0;
        element.classList.toggle('count--hot', hot);
      }
    }
  });
  source.addEventListener('stream', ({ data }) => {
    const chosen = document.querySelector('[data-row][aria-selected="true"]')?.id;
    const before = new Set([...document.querySelectorAll('[data-row]')].map((row) => row.id));
    window.Turbo.renderStreamMessage(JSON.parse(data));
    // Turbo fills in on the next frame.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (chosen) document.getElementById(chosen)?.setAttribute('aria-selected', 'true');
        for (const row of document.querySelectorAll('[data-row]')) row.classList.toggle('list__row--new', !before.has(row.id));
      }),
    );
  });
  source.addEventListener('case', ({ data }) => {
    // The page may have been loaded after the change that is told now.
    if (Number(data) <= Number(document.body.dataset.liveVersion)) return;
    if (isTouched()) document.getElementById('news').hidden = false;
    else refresh();
  });
  source.addEventListener('gone', () => location.reload());
}

/** Somebody is writing or choosing: what he sees must not move. */
function isTouched() {
  const focused = document.activeElement;
  if (focused?.matches('main input, main textarea, main select')) return true;
  return [...document.querySelectorAll('main form[method="post"] :is(input, textarea, select)')].some((field) => {
    if (field.type === 'hidden') return false;
    if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
    if (field.type === 'file') return field.files.length > 0;
    if (field.options)
      return [...field.options].some((option) => option.selected !== option.defaultSelected && field.value !== '');
    return field.value !== field.defaultValue;
  });
}

function refresh() {
  const at = scrollY;
  document.addEventListener('turbo:render', () => scrollTo({ top: at, behavior: 'instant' }), { once: true });
  window.Turbo.visit(location.href, { action: 'replace' });
}

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-news]')) return;
  event.preventDefault();
  refresh();
});
document.addEventListener('turbo:load', () => {
  if (!source || opened_at !== address() || source.readyState === EventSource.CLOSED) open(false);
});
document.addEventListener('visibilitychange', () => {
  clearTimeout(away);
  if (!document.hidden && !source) open(true);
  else if (document.hidden)
    away = setTimeout(() => {
      source?.close();
      source = undefined;
    }, hidden_for);
});
addEventListener('pagehide', () => source?.close());
