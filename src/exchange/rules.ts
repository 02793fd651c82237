/** What a table from elsewhere may hold, and how its rows are read. */
export const fields = ['key', 'title', 'received_at', 'content', 'name', 'phone', 'address', 'reply', 'replied_at'] as const;
export type Field = (typeof fields)[number];
export const isField = (text: string): text is Field => (fields as readonly string[]).includes(text);

/** Field → position of its column. */
export type Mapping = { readonly [F in Field]?: number };

export const reasons = [
  'broken',
  'columns',
  'line_too_long',
  'no_content',
  'content_too_long',
  'reply_too_long',
  'bad_time',
  'in_the_future',
  'bad_reply_time',
  'reply_first',
  'same_key',
  'failed',
] as const;
export type Reason = (typeof reasons)[number];

/** A row of a table, or why it could not be read. Lines count from 1, the header included, as an editor shows them. */
export type TableRow =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly reason: Reason };
/** The header comes first. */
export type Table = AsyncGenerator<TableRow>;

/** In characters. What was written elsewhere may be longer than our own forms allow, and is kept whole. */
export const importLimits = { text: 20_000, title: 100, name: 40, address: 120, key: 64 } as const;

const plain = (header: string): string =>
  header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[_\s]+/g, ' ')
    .replace(/^\ufeff|[:*?"'()]/g, '')
    .trim();

/** Which column is which by what they are called: for each the longest name that it is or holds; the first column wins. */
export function guessMapping(headers: readonly string[], names: Readonly<Record<Field, readonly string[]>>): Mapping {
  const mapping: { [F in Field]?: number } = {};
  headers.forEach((header, column) => {
    const said = plain(header);
    let best: { field: Field; length: number } | undefined;
    for (const field of fields) {
      for (const name of names[field]) {
        // Latin names are whole headers: "no" stands in many words.
        const fits = said === name || (!/^[a-z ]+$/.test(name) && said.includes(name));
        const length = name.length + (said === name ? 0.5 : 0);
        if (fits && (!best || length > best.length)) best = { field, length };
      }
    }
    if (best) mapping[best.field] ??= column;
  });
  return mapping;
}

/** A time of the city as lists write it: year, month and day in figures, with anything between them, and perhaps a time of day. */
export function readTime(text: string): Date | null {
  const [, year, month, day, hour = '0', minute = '0', second = '0'] =
    /^(\d{4})\D(\d{1,2})\D(\d{1,2})(?:\D{1,3}(\d{1,2})\D(\d{1,2})(?:\D(\d{1,2}))?)?\D{0,2}(?:\.\d+)?$/.exec(
      text.normalize('NFKC').trim(),
    ) ?? [];
  if (year === undefined) return null;
  const two = (part: string) => part.padStart(2, '0');
  const on = `${year}-${two(month!)}-${two(day!)}`;
  const at = new Date(`${on}T${two(hour)}:${two(minute)}:${two(second)}+08:00`);
  const exists = !Number.isNaN(at.getTime()) && new Date(at.getTime() + 8 * 3_600_000).toISOString().startsWith(on);
  return exists ? at : null;
}

/** A row as an appeal wants it. */
export interface ImportedRow {
  readonly key: string | null;
  readonly title: string;
  readonly content: string;
  readonly received_at: Date;
  readonly name: string;
  readonly phone: string;
  readonly address: string;
  readonly reply: string;
  readonly replied_at: Date;
}

const cleaned = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/\0|\p{Surrogate}/gu, '')
    .trim();
const cut = (text: string, most: number): string => {
  const chars = [...text.replace(/\s+/g, ' ')];
  return chars.length <= most ? chars.join('') : `${chars.slice(0, most - 1).join('')}\u2026`;
};
const longer = (text: string, most: number): boolean => text.length > most && [...text].length > most;

/** The values of a row, or why it is not taken. Without a time of its own it was received now. */
export function readRow(cells: readonly string[], mapping: Mapping, now: Date): ImportedRow | Reason {
  const of = (field: Field): string => cleaned(mapping[field] === undefined ? '' : (cells[mapping[field]] ?? ''));
  const content = of('content');
  const reply = of('reply');
  if (content === '') return 'no_content';
  if (longer(content, importLimits.text)) return 'content_too_long';
  if (longer(reply, importLimits.text)) return 'reply_too_long';
  const received_at = mapping.received_at === undefined ? now : readTime(of('received_at'));
  if (received_at === null) return 'bad_time';
  const reply_time = of('replied_at');
  const replied_at = reply === '' || reply_time === '' ? received_at : readTime(reply_time);
  if (replied_at === null) return 'bad_reply_time';
  if (received_at > now || replied_at > now) return 'in_the_future';
  if (replied_at < received_at) return 'reply_first';
  const digits = of('phone')
    .normalize('NFKC')
    .replace(/[\s()+-]/g, '')
    .replace(/^(0086|86)(?=1\d{10}$)/, '');
  return {
    key: of('key') || null,
    title: cut(of('title'), importLimits.title),
    content,
    received_at,
    name: cut(of('name'), importLimits.name),
    phone: /^\d{3,12}$/.test(digits) ? digits : '',
    address: cut(of('address'), importLimits.address),
    reply,
    replied_at,
  };
}
