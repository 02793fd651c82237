import { phoneHash } from '../appeals/actions/register.ts';
import { rulebook } from '../catalog/actions.ts';
import { addDays, addMinutes, dayOf, startOfDay } from '../core/clock.ts';
import type { Db } from '../core/db.ts';
import { conflict, forbidden, notFound } from '../core/errors.ts';
import { hmac } from '../core/hash.ts';
import type { World } from '../core/world.ts';
import { may } from '../policy.ts';
import { type Changing, recordChange } from '../trail/actions/change.ts';
import { alike, findingKinds, mondayOf, numbersOf, thresholds, type Verdict } from './rules.ts';
import {
  anyHandled,
  changeFinding,
  type Found,
  findRated,
  forgetMarks,
  holdFinding,
  insertFindings,
  insertFlags,
  isWorkplace,
  listOwnReports,
  listRatedFrom,
  listWorkPhones,
  lookThrough,
  type OwnReport,
} from './store.ts';

type Keyed = Pick<World, 'db' | 'config'>;

/** Whose number each keyed hash is, of our own people: by it a number is compared without being opened. */
async function staffHashes({ db, config }: Keyed): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for (const { person_id, work_phone } of await listWorkPhones(db))
    for (const number of numbersOf(work_phone)) {
      const hash = phoneHash(config.data_key, number);
      found.set(hash, [...(found.get(hash) ?? []), person_id]);
    }
  return found;
}

/**
 * Marks where a resident's own evaluation came from: a number or a network of ours. It counts as any other; people look at it later.
 * Of the network only a keyed hash is kept, and not for long.
 */
export async function flagEvaluation(
  world: Keyed,
  rated: { appeal_id: number; round: number },
  network: string,
  now: Date,
): Promise<void> {
  const { db, config } = world;
  const found = await findRated(db, rated.appeal_id, rated.round);
  if (!found) return;
  const staff = found.phone_hash === null ? [] : ((await staffHashes(world)).get(found.phone_hash) ?? []);
  await insertFlags(db, {
    evaluation_id: found.evaluation_id,
    staff_phone: staff.length > 0,
    own_case: await anyHandled(db, rated.appeal_id, staff),
    workplace_network: await isWorkplace(db, network, addMinutes(now, -thresholds.workplace_days * 1440)),
    network_mark: hmac(config.data_key, `network ${network}`),
    made_at: now,
  });
}

/** Groups of reports by one person at one place whose words are alike: one matter told several times. */
export function splitsOf(reports: readonly OwnReport[], days: number): OwnReport[][] {
  const groups: OwnReport[][] = [];
  for (const report of reports) {
    const words = report.words.split(' ');
    const group = groups.find(
      ([first]) =>
        first!.registered_by === report.registered_by &&
        first!.place_unit_id === report.place_unit_id &&
        report.received_at.getTime() - first!.received_at.getTime() <= days * 86_400_000 &&
        alike(first!.words.split(' '), words) >= thresholds.alike,
    );
    if (group) group.push(report);
    else groups.push([report]);
  }
  return groups.filter((group) => group.length > 1);
}

/** Looks through the week before `now`’s for what looks wrong and writes it down with its evidence. May be repeated. */
export async function lookForGaming(world: Keyed, now: Date): Promise<{ week: string; found: number }> {
  const { db } = world;
  const { parameters } = await rulebook(db);
  const week = addDays(mondayOf(dayOf(now)), -7);
  const span = { from: startOfDay(week), until: startOfDay(addDays(week, 7)) };
  const staff = await staffHashes(world);
  const found: Found[] = await lookThrough(db, span);
  for (const one of await listRatedFrom(db, span, [...staff.keys()])) {
    const own = await anyHandled(db, one.appeal_id, staff.get(one.phone_hash)!);
    found.push({
      kind: own ? 'own_case' : 'staff_number',
      subject: String(one.appeal_id),
      unit_id: one.lead_unit_id,
      appeals: [one.number],
      numbers: { ratings: 1 },
    });
  }
  const days = parameters['integrity.split_days'];
  for (const group of splitsOf(await listOwnReports(db, startOfDay(addDays(week, -days)), span.until), days)) {
    if (group.at(-1)!.received_at < span.from) continue;
    const { registered_by, registered_unit_id, number } = group[0]!;
    found.push({
      kind: 'split',
      subject: `${registered_by} ${number}`,
      unit_id: registered_unit_id,
      appeals: group.map((one) => one.number),
      numbers: { reports: group.length },
    });
  }
  const rows = found.map((one) => ({ ...one, week, severity: findingKinds[one.kind].severity, found_at: now }));
  return { week, found: await insertFindings(db, rows) };
}

/** A job: marks older than their days go. */
export async function purgeMarks(db: Db, now: Date): Promise<{ rating_marks: number }> {
  const { parameters } = await rulebook(db);
  return { rating_marks: await forgetMarks(db, addMinutes(now, -parameters['integrity.mark_days'] * 1440)) };
}

/** One person says what a finding comes to and why. Until another has confirmed it, it may be said again. */
export async function judgeFinding(db: Db, doing: Changing, id: number, verdict: Verdict, reason: string): Promise<void> {
  const { author, now } = doing;
  if (!may(author, 'integrity.judge')) throw forbidden();
  await db.transaction(async (trx) => {
    const finding = await holdFinding(trx, id);
    if (!finding) throw notFound();
    if (finding.confirmed_at) throw conflict('decided_already');
    await changeFinding(trx, id, { verdict, reason, judged_by: author.person_id, judged_at: now });
    await recordChange(trx, doing, 'finding.judge', `finding:${id}`, null, { kind: finding.kind, verdict, reason });
  });
}

/** Another person confirms a verdict or sends it back. What it means for a score is asked for there, by people; nothing moves by itself. */
export async function settleFinding(db: Db, doing: Changing, id: number, answer: 'confirm' | 'reject'): Promise<void> {
  const { author, now } = doing;
  if (!may(author, 'integrity.judge')) throw forbidden();
  await db.transaction(async (trx) => {
    const finding = await holdFinding(trx, id);
    if (!finding) throw notFound();
    if (!finding.verdict || finding.confirmed_at) throw conflict('decided_already');
    if (finding.judged_by === author.person_id) throw forbidden('another_person');
    await changeFinding(
      trx,
      id,
      answer === 'confirm'
        ? { confirmed_by: author.person_id, confirmed_at: now }
        : { verdict: null, reason: null, judged_by: null, judged_at: null },
    );
    await recordChange(trx, doing, `finding.${answer}`, `finding:${id}`, null, { kind: finding.kind, verdict: finding.verdict });
  });
}
