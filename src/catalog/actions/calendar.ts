import type { Db } from '../../core/db.ts';
import { notFound, wrongFields } from '../../core/errors.ts';
import { type Changing, mustBe, recordChange } from '../../trail/actions/change.ts';
import { forgetRulebook, readRulebook } from '../actions.ts';
import { daysOfYear, parameterDefaults } from '../rules.ts';
import { changeDay, holdDay, insertDays, listYears } from '../store/calendar.ts';
import { holdParameter, saveParameter } from '../store/keeping.ts';
import { holdEdits } from '../store.ts';
import { type Edit, type Moves, type PreviewMoves, type SaveMoves, tried } from './edits.ts';
import { mustMay } from './keeping.ts';

/** The next version of the calendar: every clock says with which it was computed. */
export async function bumpCalendar(trx: Db, person_id: number, now: Date): Promise<void> {
  const row = await holdParameter(trx, 'calendar.version');
  await saveParameter(
    trx,
    'calendar.version',
    Number(row?.value ?? parameterDefaults['calendar.version']) + 1,
    person_id,
    now,
    null,
  );
}

export interface DayInput {
  readonly working: boolean;
  readonly name: string;
}

/** Null where no deadline moves: a new name alone. */
async function changeOfDay(
  trx: Db,
  doing: Changing,
  day: string,
  version: string,
  { working, name }: DayInput,
): Promise<{ changed: boolean; edit: Omit<Edit, 'late_too'> | null }> {
  mustMay(doing, 'parameter.edit');
  const before = await readRulebook(trx);
  const row = await holdDay(trx, day);
  if (!row) throw notFound();
  mustBe(row, version);
  await changeDay(trx, day, { working, name });
  const thing = `calendar:${day.slice(0, 4)}`;
  const was = { [day]: { working: row.working, name: row.name } };
  const changed = await recordChange(trx, doing, 'calendar.edit', thing, was, { [day]: { working, name } });
  if (row.working === working) return { changed, edit: null };
  await bumpCalendar(trx, doing.author.person_id, doing.now);
  return { changed, edit: { before, after: await readRulebook(trx), now: doing.now, thing } };
}

/** Makes a day a working day or a day off, and moves the clocks that run over it. Returns how many moved. */
export async function editDay(
  db: Db,
  doing: Changing,
  day: string,
  version: string,
  input: DayInput & { readonly late_too: boolean },
  save: SaveMoves,
): Promise<{ changed: boolean; moved: number }> {
  const done = await db.transaction(async (trx) => {
    await holdEdits(trx);
    const { changed, edit } = await changeOfDay(trx, doing, day, version, input);
    return { changed, moved: edit ? await save(trx, { ...edit, late_too: input.late_too }) : 0 };
  });
  forgetRulebook(db);
  return done;
}

/** What `editDay` would move; null where it moves nothing by its nature. */
export async function previewDay(
  db: Db,
  doing: Changing,
  day: string,
  version: string,
  input: DayInput,
  preview: PreviewMoves,
): Promise<Moves | null> {
  return tried(db, async (trx) => {
    const { edit } = await changeOfDay(trx, doing, day, version, input);
    return edit && preview(trx, { ...edit, late_too: false });
  });
}

export interface DayException {
  readonly day: string;
  readonly working: boolean;
  readonly name: string;
}

async function changeOfYear(
  trx: Db,
  doing: Changing,
  year: number,
  exceptions: readonly DayException[],
): Promise<Omit<Edit, 'late_too'>> {
  mustMay(doing, 'parameter.edit');
  await holdParameter(trx, 'calendar.version');
  const before = await readRulebook(trx);
  const years = await listYears(trx);
  if (years.length > 0 && year !== years.at(-1)! + 1) throw wrongFields({ year: `not_next_year:${years.at(-1)! + 1}` });
  const special = new Map(exceptions.map((one) => [one.day, one]));
  if (exceptions.some(({ day }) => !day.startsWith(`${year}-`))) throw wrongFields({ days: 'other_year' });
  await insertDays(
    trx,
    daysOfYear(year).map(({ day, working }) => ({
      day,
      working: special.get(day)?.working ?? working,
      name: special.get(day)?.name ?? '',
    })),
  );
  await bumpCalendar(trx, doing.author.person_id, doing.now);
  const thing = `calendar:${year}`;
  await recordChange(trx, doing, 'calendar.load', thing, null, { year, days: exceptions.length });
  return { before, after: await readRulebook(trx), now: doing.now, thing };
}

/**
 * Loads the year after the last one: weekends off, and the exceptions of the State Council's notice. What was counted into it by Monday to
 * Friday is counted anew. Returns how many clocks moved.
 */
export async function loadYear(
  db: Db,
  doing: Changing,
  year: number,
  exceptions: readonly DayException[],
  late_too: boolean,
  save: SaveMoves,
): Promise<number> {
  const moved = await db.transaction(async (trx) => {
    await holdEdits(trx);
    return save(trx, { ...(await changeOfYear(trx, doing, year, exceptions)), late_too });
  });
  forgetRulebook(db);
  return moved;
}

export async function previewYear(
  db: Db,
  doing: Changing,
  year: number,
  exceptions: readonly DayException[],
  preview: PreviewMoves,
): Promise<Moves> {
  return tried(db, async (trx) => preview(trx, { ...(await changeOfYear(trx, doing, year, exceptions)), late_too: false }));
}
