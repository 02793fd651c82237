import type { Limit, Season } from '../../core/calendar.ts';
import { makeCalendar } from '../../core/calendar.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound, wrongFields } from '../../core/errors.ts';
import type { Actor } from '../../people/rules.ts';
import { type Changing, mustBe, recordChange } from '../../trail/actions/change.ts';
import { forgetRulebook, readRulebook } from '../actions.ts';
import { isParameter, movesClocks, type ParameterKey, parameterDefaults, parameterRules } from '../rules.ts';
import { holdParameter, removeParameter, saveParameter } from '../store/keeping.ts';
import {
  changeParameterChange,
  findOpenChange,
  holdChange,
  insertChange,
  listDueChanges,
  type ParameterChangeRow,
} from '../store/parameters.ts';
import { holdEdits } from '../store.ts';
import { bumpCalendar } from './calendar.ts';
import { type Edit, type Moves, type PreviewMoves, type SaveMoves, tried } from './edits.ts';
import { mustMay } from './keeping.ts';

export type ParameterValue = string | number | Limit | readonly Season[];

/** What a form of a parameter was made from: its value now, stored or by default. */
export const currentOf = (key: ParameterKey, row: { readonly value: unknown } | undefined): { value: unknown } => ({
  value: row ? row.value : parameterDefaults[key],
});

export interface Proposal {
  /** Null: back to the default. */
  readonly value: ParameterValue | null;
  readonly reason: string;
  /** Null: as soon as it is confirmed. */
  readonly valid_from: Date | null;
  readonly late_too: boolean;
}

/**
 * Proposes a new version of a parameter; it holds once somebody of another post has confirmed it. Returns its number, or null where the value
 * is what it is already.
 */
export async function proposeParameter(
  db: Db,
  doing: Changing,
  key: ParameterKey,
  version: string,
  { value, reason, valid_from, late_too }: Proposal,
): Promise<number | null> {
  mustMay(doing, 'parameter.edit');
  if (parameterRules[key].kind === 'counted') throw notFound();
  if (valid_from !== null && valid_from <= doing.now) throw wrongFields({ valid_from: 'in_the_past' });
  return db.transaction(async (trx) => {
    const current = currentOf(key, await holdParameter(trx, key));
    mustBe(current, version);
    if (await findOpenChange(trx, key)) throw conflict('change_open');
    const next = value ?? parameterDefaults[key];
    await mustFit(trx, key, next);
    if (!(await recordChange(trx, doing, 'parameter.propose', `parameter:${key}`, current, { value: next }))) return null;
    const { person_id, post } = doing.author;
    return insertChange(trx, {
      key,
      before: current.value,
      value,
      reason,
      late_too,
      valid_from,
      proposed_by: person_id,
      proposed_post: post,
      proposed_at: doing.now,
    });
  });
}

/** What a version would move, from now. */
export async function previewChange(db: Db, change: ParameterChangeRow, now: Date, preview: PreviewMoves): Promise<Moves | null> {
  if (!isParameter(change.key) || !movesClocks(change.key)) return null;
  return tried(db, async (trx) => preview(trx, { ...(await putInForce(trx, change, change.proposed_by, now)), late_too: false }));
}

/** Confirms a version: never by who proposed it, nor in his post. It takes effect now or at its moment. */
export async function confirmParameter(db: Db, doing: Changing, id: number, save: SaveMoves): Promise<void> {
  mustMay(doing, 'parameter.confirm');
  await db.transaction(async (trx) => {
    const change = await decide(trx, doing, id, 'confirmed');
    if (change.valid_from === null || change.valid_from <= doing.now) await apply(trx, change, doing.now, save);
  });
  forgetRulebook(db);
}

export async function rejectParameter(db: Db, doing: Changing, id: number): Promise<void> {
  mustMay(doing, 'parameter.confirm');
  await db.transaction((trx) => decide(trx, doing, id, 'rejected'));
}

/** Takes one's own proposal back. */
export async function withdrawParameter(db: Db, doing: Changing, id: number): Promise<void> {
  mustMay(doing, 'parameter.edit');
  await db.transaction((trx) => decide(trx, doing, id, 'withdrawn'));
}

/** Puts what was confirmed for a moment that has come into force, each version in a transaction of its own. Returns how many. */
export async function applyDueParameters(db: Db, now: Date, save: SaveMoves): Promise<number> {
  const due = await listDueChanges(db, now);
  for (const { id } of due) {
    await db.transaction(async (trx) => {
      const change = await holdChange(trx, id);
      if (change?.decision === 'confirmed' && change.applied_at === null) await apply(trx, change, now, save);
    });
  }
  if (due.length > 0) forgetRulebook(db);
  return due.length;
}

const acts = { confirmed: 'parameter.confirm', rejected: 'parameter.reject', withdrawn: 'parameter.withdraw' } as const;

async function decide(trx: Db, { author, now }: Changing, id: number, decision: keyof typeof acts): Promise<ParameterChangeRow> {
  const change = await holdChange(trx, id);
  if (!change) throw notFound();
  if (change.decision !== null) throw conflict();
  if ((decision === 'withdrawn') !== isOwn(change, author)) throw forbidden('own_change');
  const decided = { decision, decided_by: author.person_id, decided_post: author.post, decided_at: now };
  await changeParameterChange(trx, id, decided);
  const value = change.value ?? parameterDefaults[change.key as ParameterKey];
  const [before, after] = [{ value: change.before }, { value }];
  await recordChange(trx, { author, now }, acts[decision], `parameter:${change.key}`, before, after);
  return { ...change, ...decided };
}

/** Two posts of one person are one pair of eyes, and so are two people of one post. */
export const isOwn = (change: Pick<ParameterChangeRow, 'proposed_by' | 'proposed_post'>, author: Actor): boolean =>
  change.proposed_by === author.person_id || change.proposed_post === author.post;

async function apply(trx: Db, change: ParameterChangeRow, now: Date, save: SaveMoves): Promise<void> {
  if (movesClocks(change.key as ParameterKey)) await holdEdits(trx);
  const edit = await putInForce(trx, change, change.decided_by!, now);
  await changeParameterChange(trx, change.id, { applied_at: now });
  if (movesClocks(change.key as ParameterKey)) await save(trx, { ...edit, late_too: change.late_too });
}

async function putInForce(trx: Db, change: ParameterChangeRow, by: number, now: Date): Promise<Omit<Edit, 'late_too'>> {
  const key = change.key as ParameterKey;
  const before = await readRulebook(trx);
  await holdParameter(trx, key);
  await mustFit(trx, key, change.value ?? parameterDefaults[key]);
  if (change.value === null) await removeParameter(trx, key);
  else await saveParameter(trx, key, change.value, by, now, change.id);
  if (key === 'calendar.seasons') await bumpCalendar(trx, by, now);
  return { before, after: await readRulebook(trx), now, thing: `parameter:${key}` };
}

async function mustFit(trx: Db, key: ParameterKey, value: unknown): Promise<void> {
  if (key === 'calendar.seasons') mustBeSeasons(value as readonly Season[]);
  if (key === 'grid.households_min' || key === 'grid.households_max') await mustBeRange(trx, key, value as number);
}

function mustBeSeasons(seasons: readonly Season[]): void {
  try {
    makeCalendar({ version: 1, days: new Map(), seasons });
  } catch (error) {
    if (error instanceof RangeError) throw wrongFields({ value: 'not_office_hours' });
    throw error;
  }
}

async function mustBeRange(trx: Db, key: 'grid.households_min' | 'grid.households_max', value: number): Promise<void> {
  const other = key === 'grid.households_min' ? 'grid.households_max' : 'grid.households_min';
  const edge = currentOf(other, await holdParameter(trx, other)).value as number;
  if (key === 'grid.households_min' && value > edge) throw wrongFields({ value: `too_large:${edge}` });
  if (key === 'grid.households_max' && value < edge) throw wrongFields({ value: `too_small:${edge}` });
}
