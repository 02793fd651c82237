import { retrain, teachTerms } from '../src/analysis/actions.ts';
import { closeMonths } from '../src/assessment/actions/close.ts';
import { addMinutes } from '../src/core/clock.ts';
import type { Db } from '../src/core/db.ts';
import type { World } from '../src/core/world.ts';
import { lookForGaming } from '../src/integrity/actions.ts';
import { demo_password, demoUnits, type Post } from '../src/people/rules.ts';
import { words } from '../src/words/words.ts';
import { makeCatalogue } from './catalogue.ts';
import { buildCity } from './city.ts';
import { makeDirectory } from './directory.ts';
import { loadField } from './field.ts';
import { tell } from './history/tell.ts';
import { makeHistoryWriter } from './history/write.ts';
import { demoRulebook, loadCity } from './load_city.ts';
import { loadMemberScores } from './member_scores.ts';
import { loadPlates } from './plates.ts';
import { loadReports } from './reports.ts';
import { loadShifts } from './shifts.ts';
import { loadSupervision } from './supervision.ts';
import { loadWhistles } from './whistles.ts';

export interface DemoOptions {
  /** How many appeals the last 18 months brought; 40,915 in the real city. */
  readonly appeals?: number;
  /** Told one line per stage. */
  readonly progress?: (line: string) => void;
  /** False: what is counted from the history is left to `settleDemo`. */
  readonly settled?: boolean;
}

export const real_count = 40_915;
const batch = 1000;

/** Loads the demo city and its history up to now into an empty database, all or nothing. */
export async function loadDemo(
  world: World,
  { appeals: count = real_count, progress = () => {}, settled = true }: DemoOptions = {},
): Promise<void> {
  const now = world.clock();
  const directory = makeDirectory(buildCity());
  const catalogue = makeCatalogue(directory);
  const book = demoRulebook(directory);
  teachTerms();
  const n = (value: number) => value.toLocaleString('en');
  await world.db.transaction(async (trx) => {
    // Nobody is looking at pages yet.
    await trx.raw(`set local zhaojiban.quiet = 'on'`);
    const { facts } = directory;
    progress(
      `Units, ${n(facts.buildings.length)} buildings, ${n(facts.people.length)} people at work, ${n(facts.party_members.length)} Party members`,
    );
    await loadCity(trx, directory, catalogue, now);
    await loadField(trx, directory, book, world.config.data_key, now);
    await loadPlates(trx, directory, world.config.data_key, now);
    await loadWhistles(trx, directory, book, now);
    const writer = await makeHistoryWriter(trx, world.config.data_key, directory);
    const history = tell({ directory, catalogue, book, now, count });
    let written = 0;
    let told = 0;
    let rested = 0;
    let sending: Promise<void> = Promise.resolve();
    let step = history.next();
    for (; !step.done; step = history.next()) {
      for (const c of step.value.cases) writer.add(c);
      told += step.value.cases.length;
      // The database takes what it was sent while the next cases are being told, if it is given its turns.
      if (told - rested >= 8) {
        rested = told;
        await new Promise((resume) => setImmediate(resume));
      }
      if (told - written < batch) continue;
      await sending;
      sending = writer.send();
      sending.catch(() => {});
      if (Math.floor(told / 10_000) > Math.floor(written / 10_000)) progress(`${n(told - (told % 1000))} of ${n(count)} appeals`);
      written = told;
    }
    await sending;
    progress(`${n(told)} appeals with their trails; indexes`);
    await writer.end(step.value);
    await loadShifts(trx, book, now);
  });
  await world.db.raw('analyze');
  if (settled) await settleDemo(world, progress);
}

const weeks_looked_through = 8;
const week_minutes = 7 * 1440;

/** What is counted from the history: closed months, bulletins, members' scores, cards, the suggester. All of it or nothing, as often as it takes. */
export async function settleDemo(world: World, progress: (line: string) => void = () => {}): Promise<void> {
  const now = world.clock();
  const n = (value: number) => value.toLocaleString('en');
  await world.db.transaction(async (trx) => {
    const months = await closeMonths(trx, now);
    progress(`The scores of ${n(months.length)} months are closed`);
    const { bulletins } = await loadReports(trx, now);
    progress(`${n(bulletins)} bulletins are published`);
    let found = 0;
    for (let weeks = weeks_looked_through; weeks > 0; weeks--)
      found += (await lookForGaming({ ...world, db: trx }, addMinutes(now, (1 - weeks) * week_minutes))).found;
    progress(`${n(found)} doubtful things found in the last ${weeks_looked_through} weeks`);
    const members = await loadMemberScores(trx, demoUnits.community, now);
    progress(`${n(members.drafted)} monthly scores of linked members, ${n(members.confirmed)} of them confirmed`);
    const ladder = await loadSupervision(trx, now);
    progress(
      `${n(ladder.cards)} cards on running clocks, ${n(ladder.supervised)} supervision orders by rule, ${n(ladder.tracked)} cases tracked`,
    );
  });
  const { documents } = await retrain(world, now);
  progress(`The category suggester has learnt from ${n(documents)} closed appeals`);
}

const cityPosts = [
  'hotline_agent',
  'review_officer',
  'dispatch_officer',
  'supervision_officer',
  'callback_officer',
  'analysis_assessor',
  'city_leader',
];

/** Where the demo account of each post sits, in the order of the tiers. */
const shown: readonly {
  tier: 'city' | 'town' | 'community' | 'grid' | 'department' | 'administrator';
  posts: readonly string[];
  unit: string;
}[] = [
  { tier: 'city', posts: cityPosts, unit: '370685' },
  { tier: 'town', posts: ['town_clerk', 'town_leader'], unit: demoUnits.town },
  { tier: 'community', posts: ['community_clerk', 'community_secretary'], unit: demoUnits.community },
  { tier: 'grid', posts: ['linked_member'], unit: demoUnits.grid },
  { tier: 'department', posts: ['department_clerk', 'department_leader'], unit: demoUnits.department },
  { tier: 'administrator', posts: ['sys_admin', 'sec_admin', 'audit_admin'], unit: '370685' },
];

export interface DemoAccount {
  readonly tier: string;
  readonly post: string;
  readonly unit: string;
  readonly username: string;
  readonly password: string;
}

/** One demo account per post, tier by tier; none outside the demo. */
export async function demoAccounts(db: Db): Promise<DemoAccount[]> {
  const { rows } = await db.raw<{ rows: { username: string; post: Post; code: string; unit: string }[] }>(
    `select distinct on (u.code, p.post) a.username, p.post, u.code, u.name_zh as unit
     from accounts a join posts p on p.person_id = a.person_id and p.valid_to is null join units u on u.id = p.unit_id
     where a.demo and a.disabled_at is null and not a.must_change_password and u.code = any(:codes) order by u.code, p.post, p.id`,
    { codes: [...new Set(shown.map(({ unit }) => unit))] },
  );
  const { posts, unit_kinds } = words.zh.domain;
  return shown.flatMap(({ tier, posts: wanted, unit }) =>
    wanted.flatMap((post) => {
      const found = rows.find((row) => row.code === unit && row.post === post);
      const named = tier === 'administrator' ? '管理' : unit_kinds[tier];
      return found
        ? [{ tier: named, post: posts[found.post], unit: found.unit, username: found.username, password: demo_password }]
        : [];
    }),
  );
}
