// The key shown beside a button is the key that presses it: both come from its data-key. [data-rows] is a list walked with j and k.
const typing = (target) =>
  target.isContentEditable ||
  target.matches?.('input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select');
const visible = (element) => element.getClientRects().length > 0;
const keyed = (key) =>
  [...document.querySelectorAll('[data-key]')].find(
    (element) => element.dataset.key.toLowerCase() === key && !element.disabled && visible(element),
  );
const rows = () => [...document.querySelectorAll('[data-rows] [data-row]')].filter(visible);
const current = () => rows().findIndex((row) => row.getAttribute('aria-selected') === 'true');
let preview;

function select(index) {
  const all = rows();
  const row = all[Math.max(0, Math.min(all.length - 1, index))];
  if (!row) return;
  for (const other of all) other.removeAttribute('aria-selected');
  row.setAttribute('aria-selected', 'true');
  row.scrollIntoView({ block: 'nearest' });
  const link = row.querySelector('[data-row-preview]') ?? row.querySelector('[data-row-open]');
  link?.focus({ preventScroll: true });
  // holding the key down walks on without asking for every row on the way
  clearTimeout(preview);
  if (link?.matches('[data-row-preview]')) preview = setTimeout(() => link.click(), 140);
}

function help() {
  const dialog = document.getElementById('keys');
  const list = dialog?.querySelector('[data-keys-list]');
  if (!dialog || dialog.open) return;
  for (const old of list.querySelectorAll('[data-keys-found]')) old.remove();
  const add = (key, label) => {
    const one = document.createElement('div');
    one.className = 'keys__one';
    one.dataset.keysFound = '';
    const dt = document.createElement('dt');
    const dd = document.createElement('dd');
    for (const part of key.split(' ')) {
      const kbd = document.createElement('kbd');
      kbd.textContent = part;
      dt.append(kbd, ' ');
    }
    dd.textContent = label;
    one.append(dt, dd);
    list.append(one);
  };
  if (rows().length > 0) {
    add('j k', list.dataset.move);
    add('Enter', list.dataset.open);
  }
  for (const element of document.querySelectorAll('[data-key]')) {
    if (element.dataset.key === '/' || element.disabled || !visible(element)) continue;
    const label =
      element.dataset.keyLabel ??
      element.getAttribute('aria-label') ??
      (element.labels?.[0] ?? element).textContent.replace(element.querySelector('kbd')?.textContent ?? '', '').trim();
    add(element.dataset.key.toUpperCase(), label);
  }
  dialog.showModal();
}

document.addEventListener('keydown', (event) => {
  // From inside any field: Ctrl+Enter sends the form, so that nobody leaves the keyboard.
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing && event.target.form?.method === 'post') {
    event.preventDefault();
    return event.target.form.requestSubmit();
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === 'Escape' && typing(event.target)) return event.target.blur();
  if (typing(event.target) || document.querySelector('dialog[open]')) return;
  const key = event.key.toLowerCase();
  if (key === '?') {
    event.preventDefault();
    return help();
  }
  if ((key === 'j' || key === 'k') && rows().length > 0) {
    event.preventDefault();
    return select(current() + (key === 'j' ? 1 : -1));
  }
  if (key === 'enter') {
    const row = rows()[current()];
    const open = row?.contains(event.target) || event.target === document.body ? row?.querySelector('[data-row-open]') : null;
    if (open) {
      event.preventDefault();
      open.click();
    }
    return;
  }
  const element = keyed(key);
  if (!element) return;
  event.preventDefault();
  // The key of an act that is open already leads into its form.
  const open =
    element.matches('summary') &&
    element.parentElement.open &&
    element.parentElement.querySelector('input:not([type=hidden]), textarea, select, button[type=submit]');
  if (open) open.focus();
  else if (element.matches('button, a, summary, input[type=checkbox], input[type=radio]')) element.click();
  else {
    element.focus();
    element.select?.();
  }
});

document.addEventListener('click', (event) => {
  const row = event.target.closest?.('[data-rows] [data-row]');
  if (row && event.target.closest('[data-row-preview]')) {
    for (const other of rows()) other.removeAttribute('aria-selected');
    row.setAttribute('aria-selected', 'true');
  }
  if (event.target.closest?.('[data-keys-open]')) help();
});
