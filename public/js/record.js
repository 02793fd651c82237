// Sound from the microphone, as a file. At most five minutes: about 1 MB.
const most_ms = 5 * 60_000;
const kinds = ['audio/mp4', 'audio/webm;codecs=opus', 'audio/webm', 'audio/ogg'];
const endings = { 'audio/mp4': 'm4a', 'audio/webm': 'webm', 'audio/ogg': 'ogg' };

export const canRecord = () => 'MediaRecorder' in globalThis && navigator.mediaDevices?.getUserMedia !== undefined;

/** Begins; `stop` ends it, `done` gives the file. Throws where there is no microphone or it is not allowed. */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const kind = kinds.find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, { ...(kind && { mimeType: kind }), audioBitsPerSecond: 32_000 });
  const chunks = [];
  recorder.addEventListener('dataavailable', (event) => chunks.push(event.data));
  const done = new Promise((resolve) => {
    recorder.addEventListener('stop', () => {
      for (const track of stream.getTracks()) track.stop();
      const type = recorder.mimeType.split(';')[0];
      resolve(new File(chunks, `voice.${endings[type] ?? 'webm'}`, { type }));
    });
  });
  recorder.start(1000);
  const stop = () => recorder.state !== 'inactive' && recorder.stop();
  setTimeout(stop, most_ms);
  return { stop, done };
}
