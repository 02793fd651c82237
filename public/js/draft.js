// form[data-draft="key"]: what is typed survives a wrong turn. Kept in this tab only, gone once the form has been accepted.
import { ready, settled } from './ready.js';

const prefix = 'draft:';
const pending = 'draft-sent';
const skipped = new Set(['hidden', 'password', 'file', 'submit', 'button', 'reset']);
const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && (!skipped.has(field.type) || field.matches('[data-combobox-value]')));

function save(form) {
  const names = new Set(fieldsOf(form).map((field) => field.name));
  const kept = [...new FormData(form)].filter(([name]) => names.has(name));
  sessionStorage.setItem(prefix + form.dataset.draft, JSON.stringify(kept));
}

function restore(form) {
  const text = sessionStorage.getItem(prefix + form.dataset.draft);
  if (!text || form.querySelector('[data-refused]')) return;
  const kept = JSON.parse(text);
  for (const field of fieldsOf(form)) {
    const values = kept.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
    else if (values.length > 0) field.value = values[0];
  }
  form.dispatchEvent(new Event('input', { bubbles: true }));
}

// Whatever page follows a sent form, unless it says that the form was refused, has accepted it.
function settle() {
  const sent = sessionStorage.getItem(pending);
  if (sent && !document.querySelector('[data-refused]')) sessionStorage.removeItem(prefix + sent);
  sessionStorage.removeItem(pending);
}
settle();
document.addEventListener('turbo:render', settle);

ready('form[data-draft]', (form) => {
  restore(form);
  const saveSoon = settled(() => {
    if (form.isConnected) save(form);
  }, 250);
  form.addEventListener('input', saveSoon);
  form.addEventListener('submit', () => {
    save(form);
    sessionStorage.setItem(pending, form.dataset.draft);
  });
});

// a shared computer: the next person must not find the last one's words
document.addEventListener('submit', (event) => {
  if (event.target.matches('[data-forget]')) sessionStorage.clear();
});
