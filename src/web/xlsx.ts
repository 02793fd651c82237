import { type PassThrough, Transform } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import { first } from './streams.ts';

/** So much is written at once: a row alone is too little to be worth a call. */
const piece_length = 65_536;
// Level 1 takes a third of the time of level 6 and makes a file of text a fifth larger.
const level = 1;

interface Part {
  readonly name: string;
  readonly at: number;
  crc: number;
  packed: number;
  size: number;
}
// What gzip puts before and after: it counts the checksum and the size that an archive wants, outside our own thread.
const gzip_head = 10;
const gzip_tail = 8;
const endOf = (part: Part, tail: Buffer) => Object.assign(part, { crc: tail.readUInt32LE(0), size: tail.readUInt32LE(4) });

// Bit 3: checksum and sizes stand behind the part; bit 11: names are UTF-8. The time of a part is the first an archive can say.
const flags = 0x0808;
const told = ({ crc, packed, size, name }: Part): number[] => [20, flags, 8, 0x00210000, crc, packed, size, name.length];
const widths = [2, 2, 2, 4, 4, 4, 4, 2];
function numbers(values: readonly number[], sizes: readonly number[]): Buffer {
  const bytes = Buffer.alloc(sizes.reduce((sum, size) => sum + size, 0));
  values.reduce((at, value, i) => bytes.writeUIntLE(value, at, sizes[i]!), 0);
  return bytes;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML cannot hold.
const special = /[&<>\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML cannot hold.
const specials = /[&<>\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
const escaped = (text: string): string => (special.test(text) ? text.replace(specials, (sign) => escapes[sign] ?? '') : text);

const kept = ' xml:space="preserve"';

/** A, B … Z, AA … */
export const columnName = (i: number): string =>
  (i >= 26 ? columnName(Math.floor(i / 26) - 1) : '') + String.fromCharCode(65 + (i % 26));

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const sheets = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const documents = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006';
const related = (type: string, target: string) =>
  `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${documents}/${type}" Target="${target}"/></Relationships>`;
const frame = (name: string): readonly (readonly [string, string])[] => [
  [
    '[Content_Types].xml',
    `${head}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
  ],
  ['_rels/.rels', related('officeDocument', 'xl/workbook.xml')],
  [
    'xl/workbook.xml',
    `${head}<workbook xmlns="${sheets}" xmlns:r="${documents}"><sheets><sheet name="${escaped(name).replaceAll('"', '&quot;')}" sheetId="1" r:id="r1"/></sheets></workbook>`,
  ],
  ['xl/_rels/workbook.xml.rels', related('worksheet', 'worksheets/sheet1.xml')],
];
const sheet_begins = `${head}<worksheet xmlns="${sheets}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;

export interface XlsxWriter {
  row(cells: readonly string[]): Promise<void>;
  end(): Promise<void>;
}

/**
 * Writes a workbook of one sheet of texts, its first row frozen, while it is read: as fast as rows come, and no faster than the reader
 * takes them.
 */
export function writeXlsx(to: PassThrough, name: string): XlsxWriter {
  const parts: Part[] = [];
  let written = 0;
  const put = (...pieces: readonly Buffer[]) => {
    for (const piece of pieces) {
      written += piece.length;
      to.write(piece);
    }
  };
  const begin = (part_name: string): Part => {
    const part: Part = { name: part_name, at: written, crc: 0, packed: 0, size: 0 };
    parts.push(part);
    put(numbers([0x04034b50, ...told(part), 0], [4, ...widths, 2]), Buffer.from(part_name));
    return part;
  };
  const finish = ({ crc, packed, size }: Part) => put(numbers([0x08074b50, crc, packed, size], [4, 4, 4, 4]));

  for (const [part_name, text] of frame(name)) {
    const part = begin(part_name);
    const packed = gzipSync(text);
    part.packed = packed.length - gzip_head - gzip_tail;
    put(packed.subarray(gzip_head, -gzip_tail));
    finish(endOf(part, packed.subarray(-gzip_tail)));
  }
  const sheet = begin('xl/worksheets/sheet1.xml');
  const pack = createGzip({ level });
  let held = Buffer.alloc(0);
  let skip = gzip_head;
  const bare = new Transform({
    transform(piece: Buffer, _encoding, done) {
      held = Buffer.concat([held, piece]);
      const known = held.subarray(skip, -gzip_tail);
      if (known.length > 0) {
        sheet.packed += known.length;
        written += known.length;
        held = held.subarray(-gzip_tail);
        skip = 0;
        this.push(known);
      }
      done();
    },
  });
  pack.pipe(bare).pipe(to, { end: false });
  to.once('close', () => {
    pack.destroy();
    bare.destroy();
  });

  let waiting = sheet_begins;
  let lines = 0;
  const columns: string[] = [];
  const send = async () => {
    const piece = waiting;
    waiting = '';
    if (!pack.write(piece)) await first([pack, 'drain'], [pack, 'close']);
  };
  return {
    row: async (cells) => {
      const line = ++lines;
      while (columns.length < cells.length) columns.push(columnName(columns.length));
      waiting += `<row r="${line}">`;
      for (let i = 0; i < cells.length; i++) {
        const text = cells[i]!;
        if (text !== '')
          waiting += `<c r="${columns[i]}${line}" t="str"><v${text.trim().length < text.length ? kept : ''}>${escaped(text)}</v></c>`;
      }
      waiting += '</row>';
      if (waiting.length > piece_length) await send();
    },
    end: async () => {
      waiting += '</sheetData></worksheet>';
      await send();
      pack.end();
      await first([bare, 'end'], [bare, 'close']);
      if (to.destroyed) return;
      finish(endOf(sheet, held));
      const at = written;
      for (const part of parts)
        put(
          numbers([0x02014b50, 20, ...told(part), 0, 0, 0, 0, 0, part.at], [4, 2, ...widths, 2, 2, 2, 2, 4, 4]),
          Buffer.from(part.name),
        );
      put(numbers([0x06054b50, 0, 0, parts.length, parts.length, written - at, at, 0], [4, 2, 2, 2, 2, 4, 4, 2]));
      to.end();
      await first([to, 'end'], [to, 'close']);
    },
  };
}
