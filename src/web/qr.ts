import QRCode from 'qrcode';

/** A QR code as one path of unit squares in a box of `size` × `size`, its quiet zone of four included. */
export interface QrPath {
  readonly size: number;
  readonly path: string;
}

const quiet = 4;

/** Level Q survives a quarter of the plate being scratched or pasted over. */
export function qrPath(text: string): QrPath {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'Q' });
  const runs: string[] = [];
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      if (!modules.get(y, x)) continue;
      let end = x + 1;
      while (end < modules.size && modules.get(y, end)) end++;
      runs.push(`M${x + quiet} ${y + quiet}h${end - x}v1h-${end - x}z`);
      x = end;
    }
  }
  return { size: modules.size + 2 * quiet, path: runs.join('') };
}
