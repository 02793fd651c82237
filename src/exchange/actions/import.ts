import { suggestCategory } from '../../analysis/actions.ts';
import { moveAppeal, saveCase } from '../../appeals/actions/case.ts';
import { createAppeal } from '../../appeals/actions/register.ts';
import { rulebook } from '../../catalog/actions.ts';
import type { Db } from '../../core/db.ts';
import { cannotStart } from '../../core/errors.ts';
import { canonical, sha256 } from '../../core/hash.ts';
import type { World } from '../../core/world.ts';
import { getCity } from '../../units/store.ts';
import { words } from '../../words/words.ts';
import { type ImportedRow, importLimits, type Reason, readRow } from '../rules.ts';
import { changeImport, insertImport, listImported, type RefusedRow } from '../store.ts';
import { mappingOf, readArgs, tableOf } from './asked.ts';

export interface Imported {
  readonly source: string;
  readonly imported: number;
  /** They had come in before. */
  readonly skipped: number;
  readonly refused: readonly RefusedRow[];
}

const rows_at_once = 50;
const said_every_ms = 2000;
const most_refused = 10_000;
const most_said = 20;

/**
 * Brings the messages of another system in. Each row is an appeal with its own dates, once and for all: what is there already, by the name
 * of the source and the row's key, is passed over, so that a broken-off import is simply run again. A row with a reply is closed, unrated;
 * one without waits on the review desk. Rows that cannot be taken are listed with their lines.
 */
export async function importFile(
  world: World,
  args: readonly string[],
  say: (line: string) => void = console.log,
): Promise<Imported> {
  const asked = readArgs(args);
  const { source } = asked;
  const table = await tableOf(asked.file);
  const header = await table.next();
  if (header.done || !('cells' in header.value)) throw cannotStart('The file has no header line.');
  const mapping = await mappingOf(asked, header.value.cells);
  say(
    `Columns: ${Object.entries(mapping)
      .map(([field, column]) => `${field} = ${(header.value as { cells: readonly string[] }).cells[column]}`)
      .join(', ')}`,
  );

  const { db } = world;
  const book = await rulebook(db);
  const city = await getCity(db).catch((error: Error) => {
    throw cannotStart(error.message);
  });
  const import_id = await insertImport(db, source, world.clock());
  const sink: Sink = { world, book, city_id: city.id, source };
  const counts = { imported: 0, skipped: 0 };
  const refused: RefusedRow[] = [];
  const seen = new Set<string>();
  const began = performance.now();
  let said_at = began;
  let batch: Keyed[] = [];
  const flush = async () => {
    const done = await store(sink, batch);
    batch = [];
    counts.imported += done.imported;
    counts.skipped += done.skipped;
    refused.push(...done.refused);
    await changeImport(db, import_id, { ...counts, refused: refused.slice(0, most_refused) });
    if (performance.now() - said_at < said_every_ms) return;
    said_at = performance.now();
    say(sentence());
  };
  const sentence = () => {
    const seconds = (performance.now() - began) / 1000;
    const rows = counts.imported + counts.skipped + refused.length;
    return `${rows} rows: ${counts.imported} imported, ${counts.skipped} were there, ${refused.length} refused (${Math.round(rows / Math.max(seconds, 0.001))} a second)`;
  };

  for await (const row of table) {
    const read = 'cells' in row ? readRow(row.cells, mapping, world.clock()) : row.reason;
    if (typeof read === 'string') {
      refused.push({ line: row.line, reason: read });
      continue;
    }
    const import_key = `${source}:${keyOf(read)}`;
    if (seen.has(import_key)) {
      refused.push({ line: row.line, reason: 'same_key' });
      continue;
    }
    seen.add(import_key);
    batch.push({ line: row.line, import_key, row: read });
    if (batch.length === rows_at_once) await flush();
  }
  await flush();
  refused.sort((a, b) => a.line - b.line);
  await changeImport(db, import_id, { ...counts, refused: refused.slice(0, most_refused), finished_at: world.clock() });
  say(sentence());
  for (const { line, reason } of refused.slice(0, most_said))
    say(`  line ${line} was refused: ${words.en.exchange.reasons[reason]}`);
  if (refused.length > most_said) say(`  and ${refused.length - most_said} more, in the table imports, number ${import_id}`);
  return { source, ...counts, refused };
}

/** A row without a number of its own is known by what is in it. */
function keyOf(row: ImportedRow): string {
  const { key } = row;
  if (key !== null && key.length <= importLimits.key) return key;
  return sha256(key ?? canonical([row.title, row.content, row.name, row.phone])).slice(0, 32);
}

interface Keyed {
  readonly line: number;
  readonly import_key: string;
  readonly row: ImportedRow;
}
interface Sink {
  readonly world: World;
  readonly book: Awaited<ReturnType<typeof rulebook>>;
  readonly city_id: number;
  readonly source: string;
}

async function store(sink: Sink, batch: readonly Keyed[]): Promise<{ imported: number; skipped: number; refused: RefusedRow[] }> {
  const { db, log } = sink.world;
  const known = await listImported(
    db,
    batch.map((one) => one.import_key),
  );
  const fresh = batch.filter((one) => !known.has(one.import_key));
  const skipped = batch.length - fresh.length;
  try {
    await db.transaction(async (trx) => {
      for (const one of fresh) await importRow(sink, trx, one);
    });
    return { imported: fresh.length, skipped, refused: [] };
  } catch (error) {
    // One of them cannot be stored, or another import took it: each for itself.
    log.warn({ err: error }, 'rows are stored one by one');
  }
  const done = { imported: 0, skipped, refused: [] as RefusedRow[] };
  for (const one of fresh) {
    try {
      await db.transaction((trx) => importRow(sink, trx, one));
      done.imported += 1;
    } catch (error) {
      const { code, constraint = '' } = error as { code?: string; constraint?: string };
      if (code === '23505' && constraint.includes('import_key')) done.skipped += 1;
      else {
        log.error({ err: error, line: one.line }, 'a row could not be stored');
        done.refused.push({ line: one.line, reason: 'failed' satisfies Reason });
      }
    }
  }
  return done;
}

/** Nobody is told of an appeal that is imported, and one that brings its answer never had a clock here. */
async function importRow({ world, book, city_id }: Sink, trx: Db, { import_key, row }: Keyed): Promise<void> {
  const [suggested] = await suggestCategory(world.db, `${row.title}\n${row.content}`, 1);
  const category_code = suggested?.category ?? null;
  const answered = row.reply !== '';
  const now = answered ? row.received_at : world.clock();
  const held = await createAppeal(
    world,
    trx,
    { author: 'system', now },
    {
      channel: 'import',
      kind: 'help',
      priority: (category_code && book.categories.get(category_code)?.priority) || 'general',
      category_code,
      title: row.title,
      content: row.content,
      place_unit_id: city_id,
      address: row.address,
      name: row.name,
      phone: row.phone,
      received_at: row.received_at,
      import_key,
    },
    'pending_review',
    book,
  );
  held.told.length = 0;
  if (!answered) return saveCase(held);
  const { replied_at, reply } = row;
  const closing = { ...held, now: replied_at };
  await moveAppeal(closing, 'import_close', { reply }, { answer: reply, finished_at: replied_at, closed_at: replied_at });
  closing.starts.length = 0;
  closing.stops.length = 0;
  await saveCase(closing);
}
