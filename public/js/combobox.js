// [data-combobox]: suggestions under a text field, by the keys of the ARIA combobox pattern. Without it the text itself is
// sent as <name>_text and the server offers what it finds.
import { ready, settled } from './ready.js';

let count = 0;

ready('[data-combobox]', start);

function start(box) {
  const input = box.querySelector('input[type=text]');
  const hidden = box.querySelector('[data-combobox-value]');
  const picked = box.querySelector('[data-combobox-picked]');
  const { url, name, none, remove } = box.dataset;
  const multiple = box.dataset.multiple !== undefined;
  // a page that Turbo kept comes back with the list of its last life
  for (const old of box.querySelectorAll('.combo__list, [data-combobox-said]')) old.remove();
  const list = document.createElement('ul');
  list.className = 'combo__list';
  count += 1;
  list.id = `combo-${count}`;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', box.querySelector('label').textContent.trim());
  list.hidden = true;
  input.after(list);
  const said = document.createElement('span');
  said.className = 'quiet';
  said.dataset.comboboxSaid = '';
  said.setAttribute('role', 'status');
  list.after(said);
  for (const [key, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': list.id,
    'aria-expanded': 'false',
  }))
    input.setAttribute(key, value);

  let options = [];
  let at = -1;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const move = (to) => {
    if (options.length === 0) return;
    at = (to + options.length) % options.length;
    for (const [i, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(i === at));
    const item = list.children[at];
    input.setAttribute('aria-activedescendant', item.id);
    item.scrollIntoView({ block: 'nearest' });
  };
  const show = (found) => {
    options = found;
    list.replaceChildren(
      ...found.map((option, i) => {
        const item = document.createElement('li');
        item.className = 'combo__option';
        item.id = `${list.id}-${i}`;
        item.setAttribute('role', 'option');
        item.setAttribute('aria-selected', 'false');
        item.append(option.label);
        if (option.note) {
          const note = document.createElement('span');
          note.className = 'combo__note';
          note.textContent = option.note;
          item.append(note);
        }
        // before blur, which would close the list under the pointer
        item.addEventListener('pointerdown', (event) => {
          event.preventDefault();
        });
        item.addEventListener('click', () => choose(option));
        return item;
      }),
    );
    if (found.length === 0) {
      const item = document.createElement('li');
      item.className = 'combo__none';
      item.textContent = none;
      list.append(item);
    }
    said.textContent = found.length === 0 ? none : `${found.length} ${box.dataset.count}`;
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    if (found.length > 0) move(0);
  };
  const ask = async () => {
    const text = input.value.trim();
    asked += 1;
    const turn = asked;
    if (text === '') return close();
    try {
      const answer = await fetch(`${url}${url.includes('?') ? '&' : '?'}q=${encodeURIComponent(text)}`, {
        headers: { accept: 'application/json' },
      });
      if (!answer.ok) return;
      const found = await answer.json();
      if (turn === asked && document.activeElement === input) show(found);
    } catch {
      // offline: the text is sent as it stands
    }
  };
  const askSoon = settled(ask, 140);
  const choose = (option) => {
    if (multiple) {
      if (![...picked.querySelectorAll('input')].some((one) => one.value === String(option.value))) picked.append(chip(option));
      input.value = '';
    } else {
      hidden.value = option.value;
      input.value = option.label;
    }
    asked += 1;
    close();
    box.dispatchEvent(new CustomEvent('combobox:chosen', { bubbles: true, detail: option }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const chip = (option) => {
    const item = document.createElement('li');
    item.className = 'chip';
    const value = document.createElement('input');
    value.type = 'hidden';
    value.name = name;
    value.value = option.value;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'chip__remove';
    button.dataset.comboboxRemove = '';
    button.setAttribute('aria-label', `${remove} ${option.label}`);
    button.textContent = '×';
    item.append(value, option.label, button);
    return item;
  };

  input.addEventListener('input', (event) => {
    if (hidden) hidden.value = '';
    if (!event.isComposing) askSoon();
  });
  input.addEventListener('compositionend', askSoon);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const shown = !list.hidden;
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      if (shown) move(at + 1);
      else ask();
    } else if (event.key === 'ArrowUp' && shown) {
      event.preventDefault();
      move(at - 1);
    } else if (event.key === 'Enter' && shown && options[at]) {
      event.preventDefault();
      choose(options[at]);
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === 'Tab' && shown && options[at] && !multiple) choose(options[at]);
    else if (event.key === 'Backspace' && multiple && input.value === '') picked.lastElementChild?.remove();
  });
  input.addEventListener('blur', close);
  picked?.addEventListener('click', (event) => {
    const button = event.target.closest('[data-combobox-remove]');
    if (!button) return;
    button.closest('li').remove();
    input.focus();
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
}
