import type { Db } from '../core/db.ts';
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

declare module 'knex/types/tables.js' {
  interface Tables {
    people: PersonRow;
    accounts: AccountRow;
    posts: PostRow;
    linked_members: LinkedMemberRow;
    sign_ins: SignInRow;
    buildings: BuildingRow;
  }
}

export async function findAccountByUsername(db: Db, username: string): Promise<(AccountRow & { name: string }) | undefined> {
  return db('accounts').join('people', 'people.id', 'accounts.person_id').where({ username: username.toLowerCase() }).first('accounts.*', 'people.name');
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
export async function recordSignIn(db: Db, row: Omit<SignInRow, 'id'>): Promise<void> {
  await db('sign_ins').insert(row);
}
/** Ends every session of a person, this one too unless it is named. */
export async function endSessions(db: Db, person_id: number, except: string | null = null): Promise<void> {
  await db.raw('delete from sessions where person_id = :person_id and sid is distinct from :except', { person_id, except });
}
