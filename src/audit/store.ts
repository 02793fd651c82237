import type { Knex } from 'knex';
import type { Db } from '../core/db.ts';
import { literal, type Turn, type Turned } from '../core/keyset.ts';
import type { Post } from '../people/rules.ts';
import type { SignInRow } from '../people/store.ts';
import type { ChangeRow } from '../trail/store.ts';
import { searchWords } from '../units/rules.ts';

/** What the audit is asked for; the instants span the days asked for. */
export interface AuditQuestion {
  readonly person: string | null;
  readonly act: string | null;
  readonly from: Date | null;
  readonly until: Date | null;
}

/** One page of a log by its ever-growing number, the newest first. It stays as fast as the log grows. */
async function turnLog<T extends object>(query: Knex.QueryBuilder, key: string, turn: Turn, size: number): Promise<Turned<T>> {
  const up = !turn.after && !!turn.before;
  const edge = Number(turn.after || turn.before) || null;
  const paged = query
    .clone()
    .select(query.client.raw('?? as turn_key', [key]))
    .orderBy(key, up ? 'asc' : 'desc')
    .limit(size + 1);
  if (edge !== null) paged.where(key, up ? '>' : '<', edge);
  const found = (await paged) as (T & { turn_key: number })[];
  const more = found.length > size;
  const rows = found.slice(0, size);
  if (up) rows.reverse();
  const keyOf = (row: { turn_key: number } | undefined) => (row ? String(row.turn_key) : null);
  return {
    rows,
    newer: (up ? more : edge !== null) ? keyOf(rows[0]) : null,
    older: (up ? true : more) ? keyOf(rows.at(-1)) : null,
  };
}

function between(query: Knex.QueryBuilder, column: string, { from, until }: AuditQuestion): void {
  if (from) query.where(column, '>=', from);
  if (until) query.where(column, '<', until);
}
/** Rows of whoever is called so, by name, pinyin or username. */
function ofPerson(query: Knex.QueryBuilder, db: Db, column: string, person: string | null): void {
  const words = searchWords(person ?? '');
  if (words.length === 0) return;
  const found = db('people as who').leftJoin('accounts as acc', 'acc.person_id', 'who.id').select('who.id');
  for (const word of words) found.whereRaw('(who.search like :like or acc.username like :like)', { like: `%${literal(word)}%` });
  query.whereIn(column, found);
}

export type SystemRow = ChangeRow & { readonly thing: string | null; readonly hash: string };

export async function listSystemTrail(db: Db, question: AuditQuestion, turn: Turn, size: number): Promise<Turned<SystemRow>> {
  const query = db('trail as t')
    .leftJoin('trail_inputs as i', (on) =>
      on.on('i.subject_kind', 't.subject_kind').on('i.subject_id', 't.subject_id').on('i.seq', 't.seq'),
    )
    .leftJoin('people as n', 'n.id', 't.person_id')
    .where({ 't.subject_kind': 'system', 't.subject_id': 0 })
    .select('t.seq', 't.act', 't.happened_at', 't.post', 't.unit_id', 't.hash', 'n.name as person')
    .select(db.raw(`i.input ->> 'thing' as thing, i.input -> 'before' as before, i.input -> 'after' as after`));
  if (question.act) query.where('t.act', question.act);
  between(query, 't.happened_at', question);
  ofPerson(query, db, 't.person_id', question.person);
  return turnLog<SystemRow>(query, 't.seq', turn, size);
}
/** What the things of a page are called: people by their names. */
export async function listPeopleNames(db: Db, ids: readonly number[]): Promise<Map<number, string>> {
  const rows = await db('people')
    .whereIn('id', [...ids])
    .select('id', 'name');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export type SignInLine = SignInRow & { readonly person: string | null };
export async function listSignIns(db: Db, question: AuditQuestion, turn: Turn, size: number): Promise<Turned<SignInLine>> {
  const query = db('sign_ins as s').leftJoin('people as n', 'n.id', 's.person_id').select('s.*', 'n.name as person');
  if (question.act) query.where('s.outcome', question.act);
  between(query, 's.happened_at', question);
  ofPerson(query, db, 's.person_id', question.person);
  return turnLog<SignInLine>(query, 's.id', turn, size);
}
/** How attempts ended since an instant, each count capped. */
export async function countSignIns(db: Db, since: Date): Promise<Map<SignInRow['outcome'], number>> {
  const { rows } = await db.raw<{ rows: { outcome: SignInRow['outcome']; n: number }[] }>(
    'select outcome, count(*)::int as n from (select outcome from sign_ins where happened_at >= :since limit 100000) s group by outcome',
    { since },
  );
  return new Map(rows.map(({ outcome, n }) => [outcome, n]));
}

interface Done {
  readonly id: number;
  readonly person: string;
  readonly post: Post;
  readonly name_zh: string;
  readonly name_en: string;
}
export interface RevealLine extends Done {
  readonly number: string;
  readonly reason: string;
  readonly revealed_at: Date;
}
export async function listReveals(db: Db, question: AuditQuestion, turn: Turn, size: number): Promise<Turned<RevealLine>> {
  const query = db('reveals as r')
    .join('people as n', 'n.id', 'r.person_id')
    .join('units as u', 'u.id', 'r.unit_id')
    .join('appeals as a', 'a.id', 'r.appeal_id')
    .select('r.id', 'n.name as person', 'r.post', 'u.name_zh', 'u.name_en', 'a.number', 'r.reason', 'r.revealed_at');
  between(query, 'r.revealed_at', question);
  ofPerson(query, db, 'r.person_id', question.person);
  return turnLog<RevealLine>(query, 'r.id', turn, size);
}

export interface ExportLine extends Done {
  readonly format: string;
  readonly purpose: string;
  readonly query: string;
  readonly rows: number;
  readonly sha256: string | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}
export async function listExports(db: Db, question: AuditQuestion, turn: Turn, size: number): Promise<Turned<ExportLine>> {
  const query = db('exports as e')
    .join('people as n', 'n.id', 'e.person_id')
    .join('units as u', 'u.id', 'e.unit_id')
    .select(
      'e.id',
      'n.name as person',
      'e.post',
      'u.name_zh',
      'u.name_en',
      'e.format',
      'e.purpose',
      'e.query',
      'e.rows',
      'e.sha256',
      'e.started_at',
      'e.finished_at',
    );
  between(query, 'e.started_at', question);
  ofPerson(query, db, 'e.person_id', question.person);
  return turnLog<ExportLine>(query, 'e.id', turn, size);
}
