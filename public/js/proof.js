// [data-proof]: does the work that stands for the sum, where the browser has the means (a secure page).
import { ready } from './ready.js';

const at_once = 256;
const zerosOf = (bytes) => {
  const first = bytes.findIndex((byte) => byte > 0);
  return first < 0 ? 256 : first * 8 + Math.clz32(bytes[first]) - 24;
};

ready('[data-proof]', async (box) => {
  if (!globalThis.crypto?.subtle) return;
  const { proof: token, bits, working, done } = box.dataset;
  const said = box.querySelector('[role=status]');
  said.textContent = working;
  const text = new TextEncoder();
  for (let from = 0; box.isConnected; from += at_once) {
    const tries = Array.from({ length: at_once }, (_, i) => from + i);
    const hashes = await Promise.all(tries.map((n) => crypto.subtle.digest('SHA-256', text.encode(`${token}:${n}`))));
    const found = hashes.findIndex((hash) => zerosOf(new Uint8Array(hash)) >= Number(bits));
    if (found < 0) continue;
    box.querySelector('[name=proof]').value = String(tries[found]);
    box.querySelector('[data-proof-sum]').hidden = true;
    said.textContent = done;
    return;
  }
});
