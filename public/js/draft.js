// form[data-draft="key"]: what is typed survives a wrong turn. Kept in this tab only, gone once the form has been accepted.
import { ready, settled } from './ready.js';

const prefix = 'draft:';
const pending = 'draft-sent';
const keepable = (field) => field.name && !['hidden', 'password', 'file', 'submit'].includes(field.type) && field.name !== 'idem';
const valueOf = (field) => (field.type === 'checkbox' || field.type === 'radio' ? (field.checked ? field.value : null) : field.value);

function save(form) {
  const kept = {};
  for (const field of form.elements) {
    if (!keepable(field)) continue;
    const value = field.multiple ? [...field.selectedOptions].map((option) => option.value).join('\n') : valueOf(field);
    if (value !== null) (kept[field.name] ??= []).push(value);
  }
  sessionStorage.setItem(prefix + form.dataset.draft, JSON.stringify(kept));
}

function restore(form) {
  const text = sessionStorage.getItem(prefix + form.dataset.draft);
  if (!text || form.dataset.refused !== undefined) return;
  const kept = JSON.parse(text);
  const taken = {};
  for (const field of form.elements) {
    const values = keepable(field) ? kept[field.name] : undefined;
    if (!values) continue;
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = values[0].split('\n').includes(option.value);
    else if (field.value === '' || field.value === field.defaultValue) field.value = values[taken[field.name] ?? 0] ?? field.value;
    taken[field.name] = (taken[field.name] ?? 0) + 1;
  }
  form.dispatchEvent(new CustomEvent('draft:restored', { bubbles: true }));
}

ready((root) => {
  const sent = sessionStorage.getItem(pending);
  const refused = document.querySelector('[data-refused]') !== null;
  if (sent && root === document) {
    if (!refused) sessionStorage.removeItem(prefix + sent);
    sessionStorage.removeItem(pending);
  }
  for (const form of root.querySelectorAll('form[data-draft]')) {
    if (form.dataset.drafted) continue;
    form.dataset.drafted = '1';
    restore(form);
    form.addEventListener('input', settled(() => save(form), 250));
    form.addEventListener('submit', () => { save(form); sessionStorage.setItem(pending, form.dataset.draft); });
  }
});

// a shared computer: the next person must not find the last one's words
document.addEventListener('submit', (event) => { if (event.target.matches('[data-forget]')) sessionStorage.clear(); });
