import type { Db } from '../../core/db.ts';
import { conflict } from '../../core/errors.ts';
import { canonical, sha256 } from '../../core/hash.ts';
import type { Actor } from '../../people/rules.ts';
import { recordSystemTrail } from '../store.ts';

/** Who changes something that is no appeal's, and when. */
export interface Changing {
  readonly author: Actor;
  readonly now: Date;
}

type Fields = Readonly<Record<string, unknown>>;

/** What a form carries to notice that somebody else changed the thing while it was open. */
export function versionOf(row: object): string {
  return sha256(canonical(row)).slice(0, 16);
}

/** Refuses when the row, now held, is not the one the form was made from. */
export function mustBe(row: object, version: string): void {
  if (versionOf(row) !== version) throw conflict('changed_meanwhile');
}

/**
 * Writes into the system's trail what became different. `thing` is a kind and a key ('unit:12'); a field that stayed the same is left
 * out, and a change of nothing is not recorded. False then.
 */
export async function recordChange(
  trx: Db,
  { author, now }: Changing,
  act: string,
  thing: string,
  before: Fields | null,
  after: Fields | null,
): Promise<boolean> {
  const same = (name: string) => canonical(before?.[name] ?? null) === canonical(after?.[name] ?? null);
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter((name) => !same(name));
  if (names.length === 0) return false;
  const picked = (fields: Fields | null) => fields && Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
  await recordSystemTrail(trx, {
    act,
    from_status: null,
    to_status: null,
    work_order_id: null,
    person_id: author.person_id,
    post: author.post,
    unit_id: author.unit_id,
    happened_at: now,
    input: { thing, before: picked(before), after: picked(after) },
  });
  return true;
}
