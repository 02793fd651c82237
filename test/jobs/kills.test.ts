import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { confirmParameter, proposeParameter } from '../../src/catalog/actions/parameters.ts';
import { type ParameterKey, parameterDefaults } from '../../src/catalog/rules.ts';
import { connect, type Db } from '../../src/core/db.ts';
import { type Job, runSlot } from '../../src/core/schedule.ts';
import type { World } from '../../src/core/world.ts';
import { originalPath, undrawnDir } from '../../src/files/actions/vault.ts';
import { flagEvaluation } from '../../src/integrity/actions.ts';
import { jobs } from '../../src/jobs.ts';
import { saveMoves } from '../../src/orders/actions/recompute.ts';
import { assign, findRoster } from '../../src/shifts/actions.ts';
import { versionOf } from '../../src/trail/actions/change.ts';
import { nameSubstitute } from '../../src/visits/actions/substitute.ts';
import { plainJpeg } from '../files/samples.ts';
import { type FreshDb, freshDb, makeWorld, type TestClock, test, testConfig } from '../support/world.ts';
import { makeWhistles, type WhistleStage } from '../whistles/stage.ts';
import type { Task } from './worker.ts';

const rated = { level: 'satisfied', contacted: true, solved: true } as const;
const at = '2026-12-08T15:07:00+08:00';
const give_up_minutes = 11;

/** Of everything that any job looks for, more than one where its work is more than one transaction. */
async function dueWork(stage: WhistleStage, clock: TestClock): Promise<void> {
  const { world, people, units } = stage;
  const { db } = world;
  const each = async (work: (n: number) => Promise<unknown>) => {
    for (let n = 0; n < 3; n++) await work(n);
  };
  const closed = async (n: number) => stage.act('callback', await stage.finished({ phone: `1000000001${n}` }), 'close', rated);

  clock.set('2026-10-26T10:00:00+08:00');
  await each(async (n) => {
    await closed(n);
    await stage.act('hotline', await stage.register('hotline', { phone: `1000000000${n}` }), 'withdraw', { reason: '不用了' });
  });
  await db('submissions').insert([{ key: 'old', person_id: null, location: null, created_at: clock() }]);
  await db('sessions').insert([{ sid: 'old', sess: '{}', expire: clock() }] as never);
  const of_member = { person_id: people.member1.person_id, grid_id: units.grid1.id, building_id: null, planned_on: '2026-10-26' };
  await db('visits').insert({
    ...of_member,
    room: '101',
    status: 'finished',
    checked_in_at: clock(),
    located: true,
    latitude: 37.35,
    longitude: 120.4,
    accuracy_metres: 9,
    finished_at: clock(),
    talk: '在家',
    made_at: clock(),
  } as never);

  clock.set('2026-11-23T10:00:00+08:00');
  const doing = (who: keyof typeof people) => ({ author: people[who], now: clock() });
  await each(async (n) => {
    await stage.act('review', await stage.register('hotline'), 'request_details', { question: '几号楼？' });
    await stage.finished({ phone: '' });
    await stage.dispatched({ phone: `1000000002${n}` });
    const waits = await stage.dispatched();
    await stage.order('housing_clerk', waits, 'acknowledge', {});
    await stage.order('housing_clerk', waits, 'request_suspension', { review_on: '2026-12-04', reason: '等材料' });
    await stage.order('supervision', waits, 'grant_suspension', { ruling: '同意' });
    await stage.issue();
  });
  for (const [key, value] of [
    ['limit.details', { value: 4, unit: 'working_days' }],
    ['callback.attempts', 4],
    ['reopen.within_days', 80],
  ] as [ParameterKey, never][]) {
    const version = versionOf({ value: parameterDefaults[key] });
    const proposal = { value, reason: '试行', valid_from: new Date('2026-12-05T00:00:00+08:00'), late_too: false };
    await confirmParameter(db, doing('sec'), (await proposeParameter(db, doing('sys'), key, version, proposal))!, saveMoves);
  }
  await nameSubstitute(db, doing('huayuan_clerk'), {
    absent_person_id: people.member1.person_id,
    substitute_person_id: people.member2.person_id,
    valid_from: '2026-12-07',
    valid_to: '2026-12-10',
    reason: '外出培训',
    asked_himself: true,
  });
  const shifts = ['2026-12-07.2', '2026-12-08.2'];
  await assign(
    db,
    doing('supervision'),
    await findRoster(db, 'hotline', units.city.id),
    'assign',
    people.hotline.post_id,
    shifts,
  );

  clock.set('2026-12-01T10:00:00+08:00');
  await db('people').where({ id: people.member2.person_id }).update({ work_phone: '100-0000-0077' });
  const from_ours = await stage.finished({ phone: '10000000077' });
  const { id, round } = await stage.appeal(from_ours);
  await stage.appellant(from_ours, 'rate', rated);
  await flagEvaluation(world, { appeal_id: id, round }, '203.0.113.0/24', clock());

  clock.set('2026-12-07T10:00:00+08:00');
  await each(closed);
  const photo = await plainJpeg();
  mkdirSync(undrawnDir(world.files_dir), { recursive: true });
  await each(async (n) => {
    const original = randomUUID();
    writeFileSync(originalPath(world.files_dir, original), photo);
    const sent = {
      appeal_id: id,
      purpose: 'report',
      kind: 'image',
      media_type: 'image/jpeg',
      name: `${n}.jpg`,
      bytes: photo.length,
    };
    await db('attachments').insert({ ...sent, undrawn: 'waiting', original, uploaded_at: clock() } as never);
  });
}

type Row = Readonly<Record<string, unknown>>;
type Tables = ReadonlyMap<string, readonly Row[]>;

const unseen = ['job_runs', 'knex_migrations', 'knex_migrations_lock'];
async function readAll(db: Db): Promise<Tables> {
  const tables = (await db('pg_tables')
    .where({ schemaname: 'public' })
    .whereNotIn('tablename', unseen)
    .pluck('tablename')) as string[];
  const { rows } = await db.raw<{ rows: { name: string; row: Row }[] }>(
    tables.map((name) => `select '${name}' as name, to_jsonb(t) as row from "${name}" t`).join(' union all '),
  );
  return new Map(tables.sort().map((name) => [name, rows.filter((one) => one.name === name).map(({ row }) => row)]));
}

/** The columns that hold the number of a row, and of which table it is. */
async function readReferences(db: Db): Promise<Map<string, string>> {
  const { rows } = await db.raw<{ rows: { column: string; of: string }[] }>(
    `select k.conrelid::regclass || '.' || a.attname as column, k.confrelid::regclass::text as of
     from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
     where k.contype = 'f' and cardinality(k.conkey) = 1
     union all
     select c.oid::regclass || '.' || a.attname, c.oid::regclass::text
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attidentity <> '' where c.relnamespace = 'public'::regnamespace`,
  );
  return new Map(rows.map((row) => [row.column, row.of]));
}

/**
 * Makes a database comparable with another that began alike: of what is new since then neither its number, nor its time, nor a hash over
 * them says anything; all else does.
 */
function makeTeller(before: Tables, references: ReadonlyMap<string, string>) {
  const known = new Set([...before.values()].flatMap((rows) => rows.flatMap((row) => Object.values(row))));
  const last = new Map([...before].map(([name, rows]) => [name, Math.max(0, ...rows.map((row) => Number(row['id']) || 0))]));
  const tellInner = (value: unknown, key = ''): unknown => {
    if (key === 'minutes') return typeof value;
    if (typeof value === 'string') return tellText(value);
    if (Array.isArray(value)) return value.map((one) => tellInner(one));
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, tellInner(one, name)]));
    return typeof value === 'number' && key.endsWith('_id') ? 'a number' : value;
  };
  const tellText = (value: string) => {
    if (known.has(value)) return value;
    if (/^\d{4}-\d\d-\d\dT/.test(value)) return 'a time';
    return /^(\\x)?[0-9a-f]{64}$/.test(value) ? 'a hash' : value;
  };
  const tellOne = (table: string, column: string, value: unknown): unknown => {
    const of = references.get(`${table}.${column}`);
    return of && typeof value === 'number' ? (value > (last.get(of) ?? 0) ? 'new' : value) : tellInner(value, column);
  };
  return (tables: Tables): Record<string, string[]> =>
    Object.fromEntries(
      [...tables].map(([table, rows]) => [
        table,
        rows
          .map((row) =>
            JSON.stringify(Object.fromEntries(Object.entries(row).map(([key, value]) => [key, tellOne(table, key, value)]))),
          )
          .sort(),
      ]),
    );
}

/** A process that dies: at its `die_at`th statement, or when it is about to record its run, all its connections are gone. */
async function runAndDie(world: World, url: string, job: Job, die_at: number): Promise<void> {
  const db = connect(url, { name: 'dying' });
  const sockets: Socket[] = [];
  let statements = 0;
  let dead = false;
  const { client } = db as unknown as { client: { acquireRawConnection(): Promise<{ connection: { stream: Socket } }> } };
  const acquire = client.acquireRawConnection.bind(client);
  client.acquireRawConnection = async () => {
    if (dead) throw new Error('dead');
    const connection = await acquire();
    sockets.push(connection.connection.stream);
    return connection;
  };
  db.on('query', ({ sql }: { sql: string }) => {
    statements += 1;
    if (statements < die_at && !/^update "job_runs" set/.test(sql)) return;
    dead = true;
    for (const socket of sockets) socket.destroy();
  });
  const result = await runSlot({ ...world, db }, job, 'slot').catch(() => 'gone');
  expect([job.name, result, dead]).not.toContain('done');
  expect(dead).toBe(true);
  await db.destroy();
  // What the server has not noticed yet holds its locks still.
  for (
    const asked = `select 1 from pg_stat_activity where application_name = 'dying' and datname = current_database()`;
    ;
    await sleep(5)
  )
    if ((await world.db.raw<{ rows: unknown[] }>(asked)).rows.length === 0) return;
}

/** A process that waits to be given a job `apart`; ended with the test. */
function makeChild(data_dir: string): ChildProcess {
  const child = fork(path.join(import.meta.dirname, 'worker.ts'), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, DATA_DIR: data_dir },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** A job `apart` in its child process, killed at one of its statements: whoever waited for it records that it failed. */
async function runApartAndDie(world: World, url: string, child: ChildProcess, job: Job, die_after: number): Promise<void> {
  const runApart = (only: string) =>
    new Promise<never>((_resolve, reject) => {
      child.once('exit', (_code, signal) => reject(new Error(`ended by ${signal}`)));
      child.send({ url, now: world.clock().toISOString(), slots: 'slot', only, die_after, apart: true } satisfies Task);
    });
  expect(await runSlot({ ...world, runApart }, job, 'slot')).toBe('failed');
  const { error } = (await world.db('job_runs').where({ job: job.name }).first())!;
  expect([job.name, error?.split('\n')[0]]).toEqual([job.name, 'Error: ended by SIGKILL']);
}

interface City extends FreshDb {
  /** The numbers of the texts that the gateway was handed. */
  readonly handed: number[];
}

/** The same database under a world of its own: its folder, and a gateway for its texts. */
async function makeCity(fresh: FreshDb, data_dir: string): Promise<City> {
  const handed: number[] = [];
  const gateway = http.createServer((req, res) => {
    handed.push(Number(req.headers['idempotency-key']));
    req.resume().once('end', () => res.end());
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void gateway.close());
  const config = testConfig({
    DATA_DIR: data_dir,
    SMS_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/send`,
  });
  return { ...fresh, handed, world: { ...makeWorld(fresh.db, fresh.clock, config) } };
}

/** Where in its work a job is killed, one time after the other; the last is when all is done and only not yet recorded. */
const shares = [0.2, 0.4, 0.6, 0.8, Number.POSITIVE_INFINITY];
/** What looks and changes nothing. */
const only_looks = ['verify-trail'];
/** A text in a dead process's hands waits for a person: whether it went out is told apart below. */
const of_sending = ['outbox', 'evaluation_links'];

test('a job that is killed in its midst again and again, and caught up, has done what it does when nobody kills it: each thing once', {
  timeout: 240_000,
}, async () => {
  const data_dir = mkdtempSync(path.join(testConfig().data_dir, 'kills-'));
  // They start while the stage is being made.
  const children = new Map(jobs.filter(({ apart }) => apart).map((job) => [job, makeChild(data_dir)]));
  const fresh = await freshDb();
  const whole = await makeCity(fresh, mkdtempSync(path.join(data_dir, 'whole-')));
  const stage = await makeWhistles(whole.world);
  await dueWork(stage, whole.clock);
  whole.clock.set(at);
  const killed = await makeCity(await fresh.copy(), data_dir);
  cpSync(whole.world.files_dir, killed.world.files_dir, { recursive: true });
  const before = await readAll(whole.db);
  const tell = makeTeller(before, await readReferences(whole.db));
  let statements = 0;
  whole.db.on('query', () => (statements += 1));

  let seen = tell(before);
  for (const job of jobs) {
    statements = 0;
    expect([job.name, await runSlot(whole.world, job, 'slot')]).toEqual([job.name, 'done']);
    const of_run = statements;
    const done = tell(await readAll(whole.db));
    const changed = Object.keys(done).filter((table) => done[table]!.join('\n') !== seen[table]!.join('\n'));
    expect([job.name, changed.length > 0]).toEqual([job.name, !only_looks.includes(job.name)]);
    seen = done;

    let minutes = -give_up_minutes * (shares.length + 2);
    const later = () => {
      killed.clock.set(at);
      minutes += give_up_minutes;
      killed.clock.addMinutes(minutes);
    };
    later();
    // The record of the run is not among the child's own statements.
    const child = children.get(job);
    if (child) await runApartAndDie(killed.world, killed.url, child, job, Math.floor((of_run - 2) / 2));
    for (const share of shares) {
      later();
      await runAndDie(killed.world, killed.url, job, Math.max(2, Math.round(of_run * share)));
    }
    later();
    expect([job.name, await runSlot(killed.world, job, 'slot')]).toEqual([job.name, 'done']);
    const caught_up = tell(await readAll(killed.db));
    const other = Object.keys(done).filter(
      (table) => !of_sending.includes(table) && done[table]!.join('\n') !== caught_up[table]!.join('\n'),
    );
    const pick = (of: Record<string, string[]>) => Object.fromEntries(other.map((table) => [table, of[table]]));
    expect({ job: job.name, ...pick(caught_up) }).toEqual({ job: job.name, ...pick(done) });
  }

  expect((await killed.db('job_runs').where({ job: 'verify-trail' }).first())!.result).toMatchObject({ ok: true });
  // Each text went out once, or lay in dead hands and waits for a person.
  expect(new Set(killed.handed).size).toBe(killed.handed.length);
  const texts = await killed.db('outbox').where('id', '<=', before.get('outbox')!.length);
  expect(texts.length).toBe(before.get('outbox')!.length);
  for (const { id, sent_at, error } of texts)
    expect([sent_at !== null && killed.handed.includes(id), error === 'unsettled']).toContain(true);
});
