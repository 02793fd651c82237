import type { Db } from '../core/db.ts';
import { literal, type Turn, type Turned, turnPage } from '../core/keyset.ts';
import { administratorPosts, type Post } from '../people/rules.ts';
import type { AccountRow, PersonRow, PostRow, SignInRow } from '../people/store.ts';
import { searchWords, type UnitKind } from '../units/rules.ts';
import type { AccountState } from './rules.ts';

/** A post with its unit as lists name it. */
export interface HeldRow extends PostRow {
  readonly unit_kind: UnitKind;
  readonly name_zh: string;
  readonly name_en: string;
}

export type Person = Pick<PersonRow, 'name' | 'work_phone'>;
export type AccountFile = Omit<AccountRow, 'password_hash'> & Person;

const file_columns = [
  'a.id',
  'a.person_id',
  'a.username',
  'a.must_change_password',
  'a.lang',
  'a.revision',
  'a.demo',
  'a.disabled_at',
  'a.last_sign_in_at',
  'a.created_at',
  'n.name',
  'n.work_phone',
];
const holds_today = 'p.valid_from <= :today and (p.valid_to is null or p.valid_to >= :today)';

export interface AccountLine extends AccountFile {
  readonly posts: readonly { readonly post: Post; readonly name_zh: string; readonly name_en: string }[];
}
export interface AccountQuestion {
  readonly q: string | null;
  readonly post: Post | null;
  readonly state: AccountState | null;
}

const state_sql: Record<AccountState, string> = {
  active: 'a.disabled_at is null',
  disabled: 'a.disabled_at is not null',
  must_change: 'a.must_change_password and a.disabled_at is null',
  no_post: `not exists (select from posts p where p.person_id = a.person_id and ${holds_today})`,
};

/** Accounts by name, pinyin, username or unit: every word typed must be found in one of them. */
export async function searchAccounts(
  db: Db,
  { q, post, state }: AccountQuestion,
  today: string,
  turn: Turn,
  size: number,
): Promise<Turned<AccountLine>> {
  const query = db('accounts as a')
    .join('people as n', 'n.id', 'a.person_id')
    .select(file_columns)
    .select(
      db.raw(
        `(select coalesce(jsonb_agg(jsonb_build_object('post', p.post, 'name_zh', u.name_zh, 'name_en', u.name_en) order by p.id), '[]')
          from posts p join units u on u.id = p.unit_id where p.person_id = a.person_id and ${holds_today}) as posts`,
        { today },
      ),
    );
  for (const word of searchWords(q ?? '')) {
    const like = `%${literal(word)}%`;
    query.whereRaw(
      `(n.search like :like or a.username like :like or exists (
         select from posts p join units u on u.id = p.unit_id where p.person_id = a.person_id and u.search like :like and ${holds_today}))`,
      { like, today },
    );
  }
  if (post)
    query.whereRaw(`exists (select from posts p where p.person_id = a.person_id and p.post = :post and ${holds_today})`, {
      post,
      today,
    });
  if (state) query.whereRaw(state_sql[state], { today });
  return turnPage<AccountLine>(query, `lpad(a.person_id::text, 15, '0')`, turn, size);
}

export async function findAccountFile(db: Db, person_id: number): Promise<AccountFile | undefined> {
  return db('accounts as a').join('people as n', 'n.id', 'a.person_id').where('a.person_id', person_id).first(file_columns);
}
/** The account, locked: whoever changes posts or the account of one person waits for whoever does so already. */
export async function holdAccount(trx: Db, person_id: number): Promise<AccountFile | undefined> {
  return trx('accounts as a')
    .join('people as n', 'n.id', 'a.person_id')
    .where('a.person_id', person_id)
    .forUpdate('a', 'n')
    .first(file_columns);
}
export async function findPersonWithoutAccount(db: Db, id: number): Promise<PersonRow | undefined> {
  return db('people').where({ id }).whereNotExists(db('accounts').whereRaw('accounts.person_id = people.id')).first();
}
export async function holdsUsername(db: Db, username: string): Promise<boolean> {
  return (await db('accounts').where({ username }).first('id')) !== undefined;
}

export async function insertPerson(trx: Db, row: Omit<PersonRow, 'id'>): Promise<number> {
  const [made] = await trx('people').insert(row).returning('id');
  return made!.id;
}
export async function changePerson(trx: Db, id: number, changes: Partial<PersonRow>): Promise<void> {
  await trx('people').where({ id }).update(changes);
}
export async function insertAccount(
  trx: Db,
  row: Pick<AccountRow, 'person_id' | 'username' | 'password_hash' | 'created_at' | 'must_change_password'>,
): Promise<void> {
  await trx('accounts').insert(row as never);
}

const held_sql = 'select p.*, u.kind as unit_kind, u.name_zh, u.name_en from posts p join units u on u.id = p.unit_id';

/** Every post a person ever held, the present ones first. */
export async function listHeld(db: Db, person_id: number): Promise<HeldRow[]> {
  const { rows } = await db.raw<{ rows: HeldRow[] }>(
    `${held_sql} where p.person_id = :person_id order by p.valid_to desc nulls first, p.id`,
    { person_id },
  );
  return rows;
}
export async function findHeld(db: Db, id: number): Promise<(HeldRow & { unit_path: string; person: string }) | undefined> {
  const { rows } = await db.raw<{ rows: (HeldRow & { unit_path: string; person: string })[] }>(
    'select p.*, u.kind as unit_kind, u.name_zh, u.name_en, u.path as unit_path, n.name as person from posts p join units u on u.id = p.unit_id join people n on n.id = p.person_id where p.id = :id',
    { id },
  );
  return rows[0];
}
/** Grants a post from that day on; one that was ended on the same day goes on. */
export async function insertPost(trx: Db, row: Pick<PostRow, 'person_id' | 'post' | 'unit_id' | 'valid_from'>): Promise<void> {
  await trx('posts')
    .insert({ ...row, on_duty: true, valid_to: null })
    .onConflict(['person_id', 'post', 'unit_id', 'valid_from'])
    .merge({ valid_to: null, on_duty: true });
}
export async function changePost(trx: Db, id: number, changes: Pick<PostRow, 'valid_to'>): Promise<void> {
  await trx('posts').where({ id }).update(changes);
}
/** False where it was so already. */
export async function changeDuty(trx: Db, id: number, on_duty: boolean): Promise<boolean> {
  return (await trx('posts').where({ id, on_duty: !on_duty }).update({ on_duty })) > 0;
}

export async function listSignInsOf(db: Db, person_id: number, most: number): Promise<SignInRow[]> {
  return db('sign_ins').where({ person_id }).orderBy('id', 'desc').limit(most);
}
export async function countSessions(db: Db, person_id: number, now: Date): Promise<number> {
  const row = await db('sessions').where({ person_id }).where('expire', '>', now).count({ n: '*' }).first();
  return Number(row?.['n'] ?? 0);
}

/** The root of the tree; nothing in a database that holds no city yet. */
export async function findCity(db: Db): Promise<{ id: number } | undefined> {
  return db('units').where({ kind: 'city' }).first('id');
}

export interface RosterLine {
  readonly id: number;
  readonly person_id: number;
  readonly person: string;
  readonly work_phone: string | null;
  readonly post: Post;
  readonly on_duty: boolean;
  readonly unit_id: number;
  readonly name_zh: string;
  readonly name_en: string;
}
/** Who holds which post at or below a unit, sorted as the tree is. */
export async function listRoster(
  db: Db,
  below: string,
  { q, off }: { readonly q: string | null; readonly off: boolean },
  today: string,
  turn: Turn,
  size: number,
): Promise<Turned<RosterLine>> {
  const query = db('posts as p')
    .join('units as u', 'u.id', 'p.unit_id')
    .join('people as n', 'n.id', 'p.person_id')
    .select(
      'p.id',
      'p.person_id',
      'p.post',
      'p.on_duty',
      'p.unit_id',
      'n.name as person',
      'n.work_phone',
      'u.name_zh',
      'u.name_en',
    )
    .whereNotIn('p.post', administratorPosts)
    .whereRaw(`starts_with(u.path, :below) and ${holds_today}`, { below, today });
  for (const word of searchWords(q ?? ''))
    query.whereRaw('(n.search like :like or u.search like :like)', { like: `%${literal(word)}%` });
  if (off) query.where('p.on_duty', false);
  return turnPage<RosterLine>(query, `u.path || lpad(p.id::text, 15, '0')`, turn, size);
}
export async function countOnDuty(db: Db, unit_id: number, today: string): Promise<number> {
  const { rows } = await db.raw<{ rows: { n: number }[] }>(
    `select count(*)::int as n from posts p where p.unit_id = :unit_id and p.on_duty and ${holds_today}`,
    { unit_id, today },
  );
  return rows[0]!.n;
}

/** Takes a form's key: null when this is its first arrival, else where the first one led. Waits for a first one that is still at work. */
export async function takeOnce(trx: Db, key: string, person_id: number, now: Date): Promise<string | null> {
  const taken = await trx('submissions')
    .insert({ key, person_id, created_at: now } as never)
    .onConflict('key')
    .ignore()
    .returning('key');
  if (taken.length > 0) return null;
  const before = (await trx('submissions')
    .where({ key, person_id } as never)
    .first('location')) as { location: string | null } | undefined;
  return before?.location ?? '/accounts';
}
export async function keepOnce(trx: Db, key: string, location: string): Promise<void> {
  await trx('submissions')
    .where({ key } as never)
    .update({ location } as never);
}
