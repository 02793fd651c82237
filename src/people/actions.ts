import { addMinutes, dayOf } from '../core/clock.ts';
import type { Db } from '../core/db.ts';
import { notFound } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import { hashPassword, isPassword } from '../core/password.ts';
import type { World } from '../core/world.ts';
import { delaySeconds, forget_wrong_ms, sessionEnd, sessionLimits } from './rules.ts';
import {
  type AccountRow,
  changeAccount,
  changeSession,
  changeTries,
  endSession,
  endSessions,
  findAccount,
  findAccountByUsername,
  findSession,
  forgetTries,
  holdTries,
  insertSession,
  type KeptSession,
  listActors,
  type OpenSession,
  recordSignIn,
  reviseAccount,
  type SignInRow,
  sweepSessions,
} from './store.ts';

type Outcome = SignInRow['outcome'];

/** How an attempt to sign in ended; `wait_seconds` when it came too soon after wrong ones. */
export type SignInResult =
  | { readonly ok: true; readonly account: AccountRow & { name: string }; readonly post_id: number }
  | {
      readonly ok: false;
      readonly why: 'wrong' | 'delayed' | 'disabled' | 'demo_only' | 'no_post';
      readonly wait_seconds: number;
    };

/** Checks a name and a password that came from `network`. Whatever comes of it is recorded. */
export async function checkSignIn(
  world: World,
  given: { username: string; password: string; network: string },
): Promise<SignInResult> {
  const { db, clock } = world;
  const username = given.username.normalize('NFKC').trim().toLowerCase().slice(0, 64);
  const now = clock();
  const key = `sign_in:${sha256(username).slice(0, 32)}:${given.network}`;
  const account = await findAccountByUsername(db, username);
  const record = (outcome: Outcome) =>
    recordSignIn(db, { username, person_id: account?.person_id ?? null, network: given.network, outcome, happened_at: now });
  const refuse = async (outcome: Outcome, why: Exclude<SignInResult, { ok: true }>['why'], wait_seconds = 0) => {
    await record(outcome);
    return { ok: false, why, wait_seconds } as const;
  };

  // Counted before it is checked and taken back when it was right: a hundred guesses at once are still a hundred.
  const wait = await takeTry(db, key, now);
  if (wait > 0) return refuse('delayed', 'delayed', wait);
  if (!(await isPassword(given.password, account?.password_hash ?? null)) || !account) return refuse('wrong', 'wrong');
  await forgetTries(db, key);
  if (account.disabled_at) return refuse('disabled', 'disabled');
  if (account.demo && !world.config.demo) return refuse('refused', 'demo_only');
  const [first] = await listActors(db, account.person_id, dayOf(now));
  if (!first) return refuse('refused', 'no_post');
  await db.transaction(async (trx) => {
    await recordSignIn(trx, { username, person_id: account.person_id, network: given.network, outcome: 'ok', happened_at: now });
    await changeAccount(trx, account.person_id, { last_sign_in_at: now });
  });
  return { ok: true, account, post_id: first.post_id };
}

/** Seconds still to wait on this key; 0 when the try may be made, which then counts as a wrong one until it proves right. */
async function takeTry(db: Db, key: string, now: Date): Promise<number> {
  return db.transaction(async (trx) => {
    const { points, expire } = await holdTries(trx, key);
    const free_from = expire ?? 0;
    if (free_from > now.getTime()) return Math.ceil((free_from - now.getTime()) / 1000);
    const wrong = free_from + forget_wrong_ms < now.getTime() ? 1 : points + 1;
    await changeTries(trx, key, { points: wrong, expire: now.getTime() + delaySeconds(wrong) * 1000 });
    return 0;
  });
}

/** A session as a request has it: what is kept, and what the same statement read of its person, which is never kept. */
export type LiveSession = KeptSession & { live?: Omit<OpenSession, 'sess'> & { toJSON(): undefined } };

/** The shelf on which web/session.ts keeps its sessions: the database, where a session ends with its account. */
export function sessionShelf({ db, clock, config }: World) {
  const endOf = ({ started_at }: KeptSession, now: Date) => sessionEnd(started_at ? new Date(started_at) : now, now);
  return {
    async find(sid: string): Promise<LiveSession | null> {
      const now = clock();
      const open = await findSession(db, sid, now, dayOf(now));
      if (!open) return null;
      if (open.sess.person_id !== undefined && !isGood(open, config.demo)) {
        await endSession(db, sid);
        return null;
      }
      const { sess, ...live } = open;
      return { ...sess, live: { ...live, toJSON: () => undefined } };
    },
    insert: (sid: string, sess: KeptSession) => insertSession(db, { sid, sess, expire: endOf(sess, clock()) }),
    change: (sid: string, sess: KeptSession) => changeSession(db, sid, { sess, expire: endOf(sess, clock()) }),
    touch(sid: string, sess: LiveSession): Promise<void> | undefined {
      const expire = endOf(sess, clock());
      const written = sess.live?.expire;
      return written && expire > addMinutes(written, sessionLimits.touch_minutes)
        ? changeSession(db, sid, { expire })
        : undefined;
    },
    end: (sid: string) => endSession(db, sid),
  };
}

/** A session of a person lasts as long as the account is as it was: same revision, not disabled, in some post. */
function isGood({ sess, account, posts }: OpenSession, demo: boolean): boolean {
  return (
    account !== null && !account.disabled && account.revision === sess.revision && posts.length > 0 && (demo || !account.demo)
  );
}

export type PasswordResult =
  | { readonly ok: true; readonly revision: number }
  | { readonly ok: false; readonly wait_seconds: number };

/** The person's own new password. All sessions end; the one that goes on begins anew under the revision returned. */
export async function changeOwnPassword(
  world: World,
  person_id: number,
  given: { current: string; next: string; network: string },
): Promise<PasswordResult> {
  const { db, clock } = world;
  const now = clock();
  const kept = await findAccount(db, person_id);
  if (!kept) throw notFound();
  const key = `password:${person_id}`;
  const wait_seconds = await takeTry(db, key, now);
  if (wait_seconds > 0 || !(await isPassword(given.current, kept.password_hash))) return { ok: false, wait_seconds };
  await forgetTries(db, key);
  const password_hash = await hashPassword(given.next);
  const revision = await db.transaction(async (trx) => {
    await endSessions(trx, person_id);
    await recordSignIn(trx, {
      username: kept.username,
      person_id,
      network: given.network,
      outcome: 'password_changed',
      happened_at: now,
    });
    return reviseAccount(trx, person_id, { password_hash, must_change_password: false });
  });
  return { ok: true, revision };
}

/** Records that the person left, and ends every session when he leaves everywhere. */
export async function signOut(world: World, person_id: number, network: string, everywhere: boolean): Promise<void> {
  const { db, clock } = world;
  await db.transaction(async (trx) => {
    const account = await findAccount(trx, person_id);
    if (!account) return;
    if (everywhere) {
      await reviseAccount(trx, person_id);
      await endSessions(trx, person_id);
    }
    await recordSignIn(trx, { username: account.username, person_id, network, outcome: 'signed_out', happened_at: clock() });
  });
}

/** Ends one of the person's own sessions. */
export async function endOwnSession({ db }: World, person_id: number, sid: string): Promise<void> {
  await endSession(db, sid, person_id);
}

export async function chooseLanguage({ db }: World, person_id: number, lang: 'zh' | 'en'): Promise<void> {
  await changeAccount(db, person_id, { lang });
}

/** A job: sessions that are over, and wrong passwords nobody remembers. */
export async function sweep({ db }: World, now: Date): Promise<{ sessions: number; tries: number }> {
  return sweepSessions(db, now, now.getTime() - forget_wrong_ms);
}
