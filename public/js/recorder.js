// [data-recorder]: records into the file field inside it, where the browser can; the field alone works without.
import { ready } from './ready.js';

const kinds = ['audio/webm', 'audio/mp4', 'audio/ogg'];

ready('[data-recorder]', (box) => {
  const kind = globalThis.MediaRecorder && kinds.find((one) => MediaRecorder.isTypeSupported(one));
  if (!kind || !navigator.mediaDevices) return;
  const input = box.querySelector('input[type=file]');
  const [acts, start, stop] = ['acts', 'start', 'stop'].map((name) => box.querySelector(`[data-recorder-${name}]`));
  const said = acts.querySelector('[role=status]');
  const player = new Audio();
  player.controls = true;
  player.setAttribute('aria-label', box.querySelector('label').textContent);
  let recorder;

  const show = (recording, text) => {
    start.hidden = recording;
    stop.hidden = !recording;
    said.textContent = text;
    (recording ? stop : start).focus();
  };
  const keep = (parts) => {
    const file = new File(parts, `voice.${kind.slice(6)}`, { type: kind });
    const transfer = new DataTransfer();
    transfer.items.add(file);
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    URL.revokeObjectURL(player.src);
    player.src = URL.createObjectURL(file);
    acts.after(player);
  };

  start.addEventListener('click', async () => {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      said.textContent = box.dataset.denied;
      return;
    }
    const parts = [];
    recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 32_000 });
    recorder.addEventListener('dataavailable', (event) => parts.push(event.data));
    recorder.addEventListener('stop', () => {
      for (const track of stream.getTracks()) track.stop();
      keep(parts);
      show(false, box.dataset.recorded);
    });
    recorder.start();
    show(true, box.dataset.recording);
  });
  stop.addEventListener('click', () => recorder?.stop());
  acts.hidden = false;
});
