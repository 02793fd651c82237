// [data-recorder]: records into the file field inside it, where the browser can; the field alone works without.
import { ready } from './ready.js';
import { canRecord, record } from './record.js';

ready('[data-recorder]', (box) => {
  if (!canRecord()) return;
  const input = box.querySelector('input[type=file]');
  const [acts, start, stop] = ['acts', 'start', 'stop'].map((name) => box.querySelector(`[data-recorder-${name}]`));
  const said = acts.querySelector('[role=status]');
  const player = new Audio();
  player.controls = true;
  player.setAttribute('aria-label', box.querySelector('label').textContent);
  let running;

  const show = (recording, text) => {
    start.hidden = recording;
    stop.hidden = !recording;
    said.textContent = text;
    (recording ? stop : start).focus();
  };
  const keep = (file) => {
    const transfer = new DataTransfer();
    transfer.items.add(file);
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    URL.revokeObjectURL(player.src);
    player.src = URL.createObjectURL(file);
    acts.after(player);
  };

  start.addEventListener('click', async () => {
    try {
      running = await record();
    } catch {
      said.textContent = box.dataset.denied;
      return;
    }
    show(true, box.dataset.recording);
    keep(await running.done);
    show(false, box.dataset.recorded);
  });
  stop.addEventListener('click', () => running?.stop());
  acts.hidden = false;
});
