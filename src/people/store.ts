import { type Db, hot } from '../core/db.ts';
import type { UnitKind } from '../units/rules.ts';
import type { Actor, Post } from './rules.ts';

export interface PersonRow {
  readonly id: number;
  readonly name: string;
  readonly work_phone: string | null;
  readonly search: string;
  readonly demo: boolean;
}
export interface AccountRow {
  readonly id: number;
  readonly person_id: number;
  readonly username: string;
  readonly password_hash: string;
  readonly must_change_password: boolean;
  readonly lang: 'zh' | 'en';
  readonly revision: number;
  readonly demo: boolean;
  readonly disabled_at: Date | null;
  readonly last_sign_in_at: Date | null;
  readonly created_at: Date;
}
export interface PostRow {
  readonly id: number;
  readonly person_id: number;
  readonly post: Post;
  readonly unit_id: number;
  readonly on_duty: boolean;
  readonly valid_from: string;
  readonly valid_to: string | null;
}
export interface LinkedMemberRow {
  readonly person_id: number;
  readonly grid_id: number;
  readonly kind: 'fulltime' | 'assistant';
  readonly batch: number | null;
  readonly services: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
}
export interface SignInRow {
  readonly id: number;
  readonly username: string;
  readonly person_id: number | null;
  readonly network: string;
  readonly outcome: 'ok' | 'wrong' | 'delayed' | 'disabled' | 'refused' | 'signed_out' | 'password_changed';
  readonly happened_at: Date;
}
export interface BuildingRow {
  readonly id: number;
  readonly grid_id: number;
  readonly code: string;
  readonly estate: string;
  readonly name: string;
  readonly address: string;
  readonly storeys: number;
  readonly households: number;
  readonly search: string;
  readonly demo: boolean;
  readonly valid_from: string;
  readonly valid_to: string | null;
}

export interface SessionRow {
  /** The hash of what the cookie holds: whoever reads the table takes over nobody's session. */
  readonly sid: string;
  readonly sess: KeptSession;
  readonly expire: Date;
  /** Generated from `sess`. */
  readonly person_id: number | null;
}
/** What a session keeps, as JSON. */
export interface KeptSession {
  person_id?: number;
  post_id?: number;
  /** The account's when the session began. */
  revision?: number;
  started_at?: string;
  network?: string;
  agent?: string;
}
/** Tries on one door, counted by all processes together; `expire` is the millisecond from which the next is allowed. */
export interface RateLimitRow {
  readonly key: string;
  readonly points: number;
  readonly expire: number | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    sessions: SessionRow;
    rate_limits: RateLimitRow;
    people: PersonRow;
    accounts: AccountRow;
    posts: PostRow;
    linked_members: LinkedMemberRow;
    sign_ins: SignInRow;
    buildings: BuildingRow;
  }
}

export async function findAccountByUsername(db: Db, username: string): Promise<(AccountRow & { name: string }) | undefined> {
  return db('accounts')
    .join('people', 'people.id', 'accounts.person_id')
    .where({ username: username.toLowerCase() })
    .first('accounts.*', 'people.name');
}
export async function findAccount(db: Db, person_id: number): Promise<(AccountRow & { name: string }) | undefined> {
  return db('accounts').join('people', 'people.id', 'accounts.person_id').where({ person_id }).first('accounts.*', 'people.name');
}

/** The posts a person holds on that day, the one taken up first first, each as the actor he would be. */
export async function listActors(db: Db, person_id: number, today: string): Promise<Actor[]> {
  const { rows } = await db.raw<{ rows: (Actor & { unit_kind: UnitKind })[] }>(
    `select p.person_id, n.name, p.id as post_id, p.post, p.unit_id, u.kind as unit_kind, u.path as unit_path, u.short_zh as unit_name
     from posts p join people n on n.id = p.person_id join units u on u.id = p.unit_id
     where p.person_id = :person_id and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today) order by p.id`,
    { person_id, today },
  );
  return rows;
}

export async function changeAccount(trx: Db, person_id: number, changes: Partial<AccountRow>): Promise<void> {
  await trx('accounts').where({ person_id }).update(changes);
}
/** The same, and every session that began before ends. Returns the revision from now on. */
export async function reviseAccount(trx: Db, person_id: number, changes: Partial<AccountRow> = {}): Promise<number> {
  const [row] = await trx('accounts')
    .where({ person_id })
    .update({ ...changes, revision: trx.raw('revision + 1') as never })
    .returning('revision');
  return row!.revision;
}
export async function recordSignIn(db: Db, row: Omit<SignInRow, 'id'>): Promise<void> {
  await db('sign_ins').insert(row);
}
/** A session with everything a request asks about its person: read in one statement, because every request reads it. */
export interface OpenSession {
  readonly sess: KeptSession;
  readonly expire: Date;
  readonly account: {
    readonly name: string;
    readonly username: string;
    readonly revision: number;
    readonly lang: 'zh' | 'en';
    readonly demo: boolean;
    readonly must_change_password: boolean;
    readonly disabled: boolean;
  } | null;
  readonly posts: readonly HeldPost[];
}
/** A post as the actor who would act in it; the unit's English name is for showing only. */
export type HeldPost = Omit<Actor, 'person_id' | 'name'> & { readonly unit_name_en: string };

const session_sql = `
  select s.sess, s.expire,
    case when a.id is not null then jsonb_build_object('name', n.name, 'username', a.username, 'revision', a.revision, 'lang', a.lang, 'demo', a.demo,
      'must_change_password', a.must_change_password, 'disabled', a.disabled_at is not null) end as account,
    coalesce((select jsonb_agg(jsonb_build_object('post_id', p.id, 'post', p.post, 'unit_id', p.unit_id, 'unit_kind', u.kind, 'unit_path', u.path,
        'unit_name', u.short_zh, 'unit_name_en', u.name_en) order by p.id)
      from posts p join units u on u.id = p.unit_id
      where p.person_id = s.person_id and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)), '[]') as posts
  from sessions s left join accounts a on a.person_id = s.person_id left join people n on n.id = s.person_id
  where s.sid = :sid and s.expire > :now`;

export async function findSession(db: Db, sid: string, now: Date, today: string): Promise<OpenSession | undefined> {
  return (await hot<OpenSession>(db, session_sql, { sid, now, today }))[0];
}
export async function insertSession(db: Db, row: Omit<SessionRow, 'person_id'>): Promise<void> {
  await db('sessions').insert({ ...row, sess: JSON.stringify(row.sess) } as never);
}
/** Changes a session that is still there: one that was ended meanwhile does not come back. */
export async function changeSession(db: Db, sid: string, changes: { sess?: KeptSession; expire: Date }): Promise<void> {
  const { sess, expire } = changes;
  await db('sessions')
    .where({ sid })
    .update({ expire, ...(sess && { sess: JSON.stringify(sess) }) } as never);
}
export async function endSession(db: Db, sid: string, person_id?: number): Promise<void> {
  await db('sessions')
    .where(person_id === undefined ? { sid } : { sid, person_id })
    .delete();
}
export async function listSessions(db: Db, person_id: number, now: Date): Promise<SessionRow[]> {
  return db('sessions').where({ person_id }).where('expire', '>', now).orderBy('expire', 'desc').limit(50);
}
export async function endSessions(db: Db, person_id: number): Promise<void> {
  await db('sessions').where({ person_id }).delete();
}

/** What is over: sessions, and tries whose wait ended before `tries_before` (milliseconds). Returns how many rows went. */
export async function sweepSessions(db: Db, now: Date, tries_before: number): Promise<{ sessions: number; tries: number }> {
  const sessions = await db('sessions').where('expire', '<=', now).delete();
  const tries = await db('rate_limits').where('expire', '<', tries_before).delete();
  return { sessions, tries };
}

/** The tries of one key, locked until the transaction ends. */
export async function holdTries(trx: Db, key: string): Promise<RateLimitRow> {
  await trx('rate_limits').insert({ key, points: 0, expire: 0 }).onConflict('key').ignore();
  return (await trx('rate_limits').where({ key }).forUpdate().first())!;
}
export async function changeTries(trx: Db, key: string, changes: { points: number; expire: number }): Promise<void> {
  await trx('rate_limits').where({ key }).update(changes);
}
export async function forgetTries(db: Db, key: string): Promise<void> {
  await db('rate_limits').where({ key }).delete();
}

/** One demo account for each post: at one of these units where there is one, else the first. */
export async function listDemoAccounts(
  db: Db,
  today: string,
  unit_codes: readonly string[],
): Promise<{ username: string; name: string; post: Post; unit_zh: string; unit_en: string }[]> {
  const { rows } = await db.raw<{ rows: { username: string; name: string; post: Post; unit_zh: string; unit_en: string }[] }>(
    `select distinct on (p.post) a.username, n.name, p.post, u.short_zh as unit_zh, u.name_en as unit_en
     from accounts a join people n on n.id = a.person_id join posts p on p.person_id = a.person_id join units u on u.id = p.unit_id
     where a.demo and a.disabled_at is null and p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)
     order by p.post, u.code = any(:unit_codes) desc, p.id`,
    { today, unit_codes: [...unit_codes] },
  );
  return rows;
}
