// [data-files]: says what is wrong with a file before it is sent, shows what is chosen, lets one be taken out again.
import { ready } from './ready.js';

const fits = (file, accept) =>
  accept.split(',').some((kind) => {
    const wanted = kind.trim().toLowerCase();
    return wanted.startsWith('.')
      ? file.name.toLowerCase().endsWith(wanted)
      : wanted.endsWith('/*')
        ? file.type.startsWith(wanted.slice(0, -1))
        : file.type === wanted;
  });

ready('[data-files]', (box) => {
  const input = box.querySelector('input[type=file]');
  const list = box.querySelector('[data-files-list]');
  const error = box.querySelector('[role=alert]');
  const { maxFiles, maxBytes, tooLarge, tooMany, wrongKind, remove } = box.dataset;
  let kept = [];

  const put = () => {
    const transfer = new DataTransfer();
    for (const file of kept) transfer.items.add(file);
    input.files = transfer.files;
    show();
  };
  const show = () => {
    for (const image of list.querySelectorAll('img')) URL.revokeObjectURL(image.src);
    list.replaceChildren(
      ...kept.map((file) => {
        const item = document.createElement('li');
        item.className = 'files__one';
        if (file.type.startsWith('image/')) {
          const image = new Image();
          image.className = 'files__thumb';
          image.alt = '';
          image.src = URL.createObjectURL(file);
          item.append(image);
        }
        const name = document.createElement('span');
        name.className = 'files__name';
        name.textContent = file.name;
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'chip__remove';
        button.setAttribute('aria-label', `${remove} ${file.name}`);
        button.textContent = '×';
        button.addEventListener('click', () => {
          kept = kept.filter((one) => one !== file);
          put();
          input.focus();
        });
        item.append(name, button);
        return item;
      }),
    );
  };

  input.addEventListener('change', () => {
    const chosen = [...input.files];
    const good = chosen.filter((file) => fits(file, input.accept) && file.size <= Number(maxBytes));
    const said = chosen.some((file) => !fits(file, input.accept))
      ? wrongKind
      : chosen.some((file) => file.size > Number(maxBytes))
        ? tooLarge
        : '';
    const all = input.multiple
      ? [...kept.filter((one) => !good.some((file) => file.name === one.name && file.size === one.size)), ...good]
      : good;
    kept = all.slice(0, Number(maxFiles));
    error.textContent = all.length > kept.length ? tooMany : said;
    box.classList.toggle('field--bad', error.textContent !== '');
    put();
  });
});
