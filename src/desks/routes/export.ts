import type { Response } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import type { World } from '../../core/world.ts';
import { actorOf } from '../../doors.ts';
import { changeExport, insertExport } from '../../reports/store/exports.ts';
import { sharedOf } from '../../web/render.ts';
import { type SheetFormat, sendSheet } from '../../web/sheets.ts';
import { type ExportRow, eachLedgerRow, type LedgerFilter } from '../store/ledger.ts';
import { categoryPath, nameOf, placeLines } from './labels.ts';

interface Wanted {
  readonly filter: LedgerFilter;
  readonly query: string;
  readonly phone_hash: string | null;
  readonly format: SheetFormat;
  readonly purpose: string;
}

/**
 * Streams the list as a file, newest first, a batch at a time: who, why, how many rows and the file's SHA-256 are recorded, and the row
 * count grows while it runs. Names and numbers stay masked. The last line says who took it out and why.
 */
export async function sendExport(world: World, res: Response, wanted: Wanted): Promise<void> {
  const { db, clock } = world;
  const actor = actorOf(res);
  const { t, lang, fmt, now } = sharedOf(res);
  const book = await rulebook(db);
  const id = await insertExport(db, {
    person_id: actor.person_id,
    post: actor.post,
    unit_id: actor.unit_id,
    format: wanted.format,
    purpose: wanted.purpose,
    query: wanted.query,
    started_at: now,
  });
  const cells = (row: ExportRow): string[] => [
    row.number,
    t.domain.statuses[row.status],
    t.domain.kinds[row.kind],
    t.domain.channels[row.channel],
    t.domain.priorities[row.priority],
    categoryPath(book, row.category_code, lang),
    row.title,
    row.content,
    placeLines(book, row.place_unit_id, lang).join(' '),
    row.address,
    nameOf(book.units.get(row.lead_unit_id ?? 0), lang),
    fmt.full(row.received_at),
    row.due_at ? fmt.full(row.due_at) : '',
    row.closed_at ? fmt.full(row.closed_at) : '',
    row.level ? t.domain.levels[row.level] : '',
    row.answer ?? '',
    row.name_masked ?? '',
    row.phone_masked ?? '',
  ];
  const watermark = t.ledger.watermark(`${actor.unit_name} ${actor.name}`, fmt.full(now), wanted.purpose);
  const stamp = now.toISOString().slice(0, 16).replace(/[-:]/g, '');
  async function* batches() {
    for await (const batch of eachLedgerRow(db, actor, wanted.filter, now, wanted.phone_hash)) yield batch.map(cells);
  }
  const sent = await sendSheet(
    res,
    wanted.format,
    { file: `appeals-${stamp}`, name: t.ledger.sheet, headings: Object.values(t.ledger.headings), watermark },
    batches(),
    (rows) => changeExport(db, id, { rows }),
  );
  await changeExport(db, id, { ...sent, ...(sent.sha256 === null ? {} : { finished_at: clock() }) });
}
