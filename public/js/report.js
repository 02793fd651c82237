// form[data-report]: open, shoot, send. What is sent is first kept on this phone, so that nothing on the way can lose it.
import { keep } from './queue.js';
import { ready } from './ready.js';
import { canRecord, record } from './record.js';
import { smaller } from './shrink.js';

const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

ready('form[data-report]', (form) => {
  const list = form.querySelector('[data-attached]');
  const error = form.querySelector('[data-said]');
  const button = form.querySelector('[data-record]');
  const channel = form.elements.channel;
  const behind = form.hidden;
  const { maxFiles, maxBytes, tooLarge, tooMany, need, remove } = form.dataset;
  let files = [];
  let once = key();
  let recording = null;
  let spoken = null;

  const open = () => {
    form.hidden = false;
  };

  function show() {
    for (const media of list.querySelectorAll('[src]')) URL.revokeObjectURL(media.src);
    list.replaceChildren(
      ...files.map((file) => {
        const item = document.createElement('li');
        item.className = 'files__one';
        const picture = file.type.startsWith('image/');
        if (picture || file.type.startsWith('audio/')) {
          const media = picture ? new Image() : document.createElement('audio');
          if (picture) {
            media.className = 'files__thumb';
            media.alt = '';
          } else {
            media.className = 'report__sound';
            media.controls = true;
          }
          media.src = URL.createObjectURL(file);
          item.append(media);
        }
        if (!file.type.startsWith('audio/')) {
          const name = document.createElement('span');
          name.className = 'files__name';
          name.textContent = file.name;
          item.append(name);
        }
        const out = document.createElement('button');
        out.type = 'button';
        out.className = 'chip__remove';
        out.setAttribute('aria-label', `${remove} ${file.name}`);
        out.textContent = '×';
        out.addEventListener('click', () => {
          files = files.filter((other) => other !== file);
          show();
        });
        item.append(out);
        return item;
      }),
    );
  }

  async function attach(added) {
    const small = await Promise.all(added.map(smaller));
    const good = small.filter((file) => file.size <= Number(maxBytes));
    const all = [...files, ...good];
    files = all.slice(0, Number(maxFiles));
    error.textContent = all.length > files.length ? tooMany : good.length < small.length ? tooLarge : '';
    show();
  }

  for (const input of form.querySelectorAll('[data-attach]')) {
    input.addEventListener('change', async () => {
      const chosen = [...input.files];
      // What is chosen lives in the list from here on: the same input takes the next shot.
      input.value = '';
      if (chosen.length === 0) return;
      open();
      if (input.dataset.attach) channel.value = input.dataset.attach;
      await attach(chosen);
      form.querySelector('button[type=submit]').focus();
    });
  }

  async function speak() {
    const label = button.querySelector('[data-record-label]');
    const before = label.textContent;
    open();
    try {
      recording = await record();
    } catch {
      error.textContent = button.dataset.none;
      return;
    }
    channel.value = 'app_voice';
    label.textContent = button.dataset.stop;
    button.setAttribute('aria-pressed', 'true');
    button.focus();
    const file = await recording.done;
    recording = null;
    label.textContent = before;
    button.setAttribute('aria-pressed', 'false');
    await attach([file]);
    form.querySelector('button[type=submit]').focus();
  }
  const speakOrStop = () => {
    if (recording) recording.stop();
    else spoken = speak();
  };
  if (canRecord()) {
    button.hidden = false;
    button.addEventListener('click', speakOrStop);
  }

  document.addEventListener('click', (event) => {
    const shoot = event.target.closest?.('[data-shoot]');
    const say = event.target.closest?.('[data-speak]');
    if (shoot || (say && canRecord())) event.preventDefault();
    if (shoot) form.querySelector('[data-attach=app_snapshot]').click();
    else if (say && canRecord()) speakOrStop();
  });

  function clear() {
    files = [];
    once = key();
    form.reset();
    channel.value = channel.defaultValue;
    form.dispatchEvent(new Event('change'));
    error.textContent = '';
    show();
    if (behind) form.hidden = true;
  }

  function fill(report) {
    open();
    once = report.once;
    files = [...report.files];
    for (const [name, value] of report.fields) {
      const field = form.elements[name];
      if (!field) continue;
      if (field.type === 'checkbox') field.checked = true;
      else field.value = value;
    }
    form.dispatchEvent(new Event('input'));
    show();
  }

  async function isEmpty() {
    recording?.stop();
    await spoken;
    return files.length === 0 && form.elements.content.value.trim() === '';
  }

  async function take(draft) {
    if (await isEmpty()) {
      error.textContent = need;
      form.elements.content.focus();
      return;
    }
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && name !== 'once');
    // Empty at once: what is typed while this one is put away belongs to the next.
    const report = { once, person: Number(form.dataset.report), at: Date.now(), fields, files, draft };
    clear();
    try {
      await keep(report);
    } catch (failed) {
      fill(report);
      throw failed;
    }
    document.dispatchEvent(new Event('report:kept'));
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // Where nothing can be kept (a private window) the form goes as it stands.
    take(false).catch(() => {
      const transfer = new DataTransfer();
      for (const file of files) transfer.items.add(file);
      form.querySelector('input[name=files]').files = transfer.files;
      form.submit();
    });
  });
  const later = form.querySelector('[data-keep]');
  later.hidden = false;
  later.addEventListener('click', () => take(true).catch(() => {}));

  document.addEventListener('report:edit', async ({ detail }) => {
    // Asked for twice, the form has it already, and perhaps more of it. What else stands in it goes among the drafts.
    if (detail.once !== once) {
      try {
        if (!(await isEmpty())) await take(true);
      } catch {
        return;
      }
      fill(detail);
    } else open();
    form.scrollIntoView();
    form.elements.content.focus();
  });
});
