/** What is measured: how the product is asked for it, and the main statements that a bare server would need. */
import { randomBytes } from 'node:crypto';
import { findAppeal } from '../../src/appeals/store.ts';
import { readTable } from '../../src/assessment/actions/table.ts';
import { listClosed } from '../../src/assessment/store/periods.ts';
import { dayOf } from '../../src/core/clock.ts';
import type { Db } from '../../src/core/db.ts';
import { desks } from '../../src/desks/rules.ts';
import { readCaseFile } from '../../src/desks/store/case.ts';
import { readLedger, readLedgerFilter } from '../../src/desks/store/ledger.ts';
import { countQueues, listQueue } from '../../src/desks/store/queue.ts';
import { performOnAppeal, performOnOrder, register } from '../../src/orders/actions/perform.ts';
import { type Actor, demo_password, demoUnits } from '../../src/people/rules.ts';
import { listActors } from '../../src/people/store.ts';
import { readMonths } from '../../src/reports/actions/figures.ts';
import { monthBefore, monthOf } from '../../src/reports/rules/dimensions.ts';
import { readCells, readDimensions } from '../../src/reports/store/cells.ts';
import type { City } from './city.ts';
import type { Asked } from './load.ts';
import { learn, type Script, type Statement } from './scripts.ts';

type Post = Actor['post'];

/** One thing that is measured, against this city. */
export interface Page {
  readonly name: string;
  readonly label: string;
  readonly transaction: boolean;
  readonly product: readonly Asked[];
  readonly bare: readonly Asked[];
  readonly statements: readonly Statement[];
  /** What the product answers: 200, or 303 after a form. */
  readonly status: number;
}

/** What is asked for: the town and the category chosen at one size serve at every other, and a rare word is found a dozen times at each. */
export interface Choice {
  readonly common: string;
  readonly rare: string;
  readonly town: number;
  readonly category: string;
}

const own = { 'sec-fetch-site': 'same-origin' };

/** Signs in at the product as anybody does, and gives the cookie. */
export async function signIn(origin: string, username: string): Promise<string> {
  const body = new URLSearchParams({ username, password: demo_password, next: '' });
  const answer = await fetch(`${origin}/sign-in`, { method: 'POST', body, headers: own, redirect: 'manual' });
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0]!)
    .find((one) => one.includes('session='));
  if (answer.status !== 303 || !cookie)
    throw new Error(
      `${username} cannot sign in: ${answer.status} ${(await answer.text()).replace(/<[^>]*>|\s+/g, ' ').slice(0, 500)}`,
    );
  return cookie;
}

interface Someone {
  readonly actor: Actor;
  readonly username: string;
}

/** The demo account of a post: below the city the one at the unit whose desk the demo fills. */
async function someone(db: Db, post: Post, code?: string): Promise<Someone> {
  const { rows } = await db.raw<{ rows: { person_id: number; username: string }[] }>(
    `select p.person_id, a.username from posts p join accounts a on a.person_id = p.person_id and a.disabled_at is null and not a.must_change_password
     join units u on u.id = p.unit_id where p.post = :post and p.valid_to is null and (:code::text is null or u.code = :code) order by p.id limit 1`,
    { post, code: code ?? null } as never,
  );
  const { person_id, username } = rows[0]!;
  const actor = (await listActors(db, person_id, dayOf(new Date()))).find((one) => one.post === post)!;
  return { actor, username };
}

/** The commonest word of two characters in the last appeals, one that is found about a dozen times in all, and the town and category with the most. */
export async function choose({ world: { db } }: City): Promise<Choice> {
  const { rows: words } = await db.raw<{ rows: { word: string }[] }>(
    `select word from ts_stat('select search from appeals order by id desc limit 20000') where char_length(word) = 2 and word ~ '[^a-z0-9]{2}' order by ndoc desc, word`,
  );
  const found = async (word: string) =>
    (
      await db.raw<{ rows: { n: number }[] }>(
        `select count(*)::int as n from (select from appeals where search @@ plainto_tsquery('simple', :word) limit 13) capped`,
        { word },
      )
    ).rows[0]!.n;
  const common = words[0]!.word;
  let rare = common;
  for (let n = 13; n < 6 || n > 12; n = await found(rare)) rare = words.pop()!.word;
  const { rows: places } = await db.raw<{ rows: { id: number }[] }>(
    `select s.unit_id as id from appeal_scopes s join units u on u.id = s.unit_id and u.kind = 'town' group by 1 order by count(*) desc limit 1`,
  );
  const { rows: kinds } = await db.raw<{ rows: { code: string }[] }>(
    `select left(category_code, 2) as code from appeals group by 1 order by count(*) desc limit 1`,
  );
  return { common, rare, town: places[0]!.id, category: kinds[0]!.code };
}

const q = (params: Record<string, string>): string => `/appeals?${new URLSearchParams(params)}`;

/** The pages that only read. */
export async function readPages(city: City, origin: string, choice: Choice): Promise<Page[]> {
  const { db } = city.world;
  const dispatcher = await someone(db, 'dispatch_officer');
  const clerk = await someone(db, 'town_clerk', demoUnits.town);
  const now = new Date();
  const cookies = new Map<string, string>();
  for (const { username } of [dispatcher, clerk]) cookies.set(username, await signIn(origin, username));
  const get = (who: Someone, path: string): Asked => ({ method: 'GET', path, headers: { cookie: cookies.get(who.username)! } });

  const page = async (
    name: string,
    label: string,
    who: Someone,
    paths: readonly string[],
    work: (inputs: Readonly<Record<string, string>>) => Promise<unknown>,
    inputs: readonly Record<string, string>[] = [{}],
  ): Promise<Page> => ({
    name,
    label,
    transaction: false,
    status: 200,
    product: paths.map((path) => get(who, path)),
    bare: inputs.map((given) => ({ method: 'GET', path: `/${name}?${new URLSearchParams(given)}`, headers: {} })),
    statements: await learn(db, false, [inputs[0]!, inputs[1] ?? inputs[0]!], work),
  });
  const ledger = (name: string, label: string, who: Someone, path: string) => {
    const filter = readLedgerFilter(new URL(path, origin).searchParams);
    return page(name, label, who, [path], () => readLedger(db, who.actor, filter, {}, now, null));
  };

  // Cases with a dozen events, spread over the whole history.
  const { rows: cases } = await db.raw<{ rows: { number: string }[] }>(
    `select number from (select number, id, row_number() over (order by id) as n from appeals where trail_seq between 11 and 13 and id % greatest(1, :step) = 0) spread order by n limit 300`,
    { step: Math.floor(city.appeals / 3000) },
  );
  const numbers = cases.map(({ number }) => ({ number }));
  const { rows: open } = await db.raw<{ rows: { number: string }[] }>(
    `select number from appeals where status = 'in_handling' and trail_seq between 6 and 14 order by id desc limit 100`,
  );
  const caseWork = async (inputs: Readonly<Record<string, string>>) =>
    readCaseFile(db, (await findAppeal(db, inputs['number']!, dispatcher.actor))!.id, {
      person_id: dispatcher.actor.person_id,
      since: now,
    });
  const none = { channel: null, town_id: null, category: null };
  const leader = await someone(db, 'city_leader');
  cookies.set(leader.username, await signIn(origin, leader.username));
  const month = monthOf(now);
  const this_month = { from: month, to: month };
  const first = (await listQueue(db, 'unacknowledged', dispatcher.actor, none, null, now))[0];

  return [
    await ledger('ledger', 'ledger, list of 50', dispatcher, '/appeals'),
    await ledger('town-ledger', 'ledger of a town', clerk, '/appeals'),
    await page(
      'case',
      'case page (12 events)',
      dispatcher,
      numbers.map(({ number }) => `/appeals/${number}`),
      caseWork,
      numbers,
    ),
    await page(
      'open-case',
      'case page, in handling',
      dispatcher,
      open.map(({ number }) => `/appeals/${number}`),
      caseWork,
      open,
    ),
    // A tab that fills a page at every size.
    await page('desk', 'dispatch desk with its case', dispatcher, ['/desks/dispatch?tab=unacknowledged'], async () => {
      await countQueues(db, desks.dispatch, dispatcher.actor, now);
      await listQueue(db, 'unacknowledged', dispatcher.actor, none, null, now);
      if (first) await caseWork({ number: first.number });
    }),
    await ledger('search', `search, common word (${choice.common})`, dispatcher, q({ q: choice.common })),
    await ledger('search-rare', `search, rare word (${choice.rare})`, dispatcher, q({ q: choice.rare })),
    await ledger(
      'area-ledger',
      'ledger by town and category',
      dispatcher,
      q({ area: String(choice.town), category: choice.category }),
    ),
    await page('report', 'month report (overview)', leader, ['/reports'], async () => {
      await readMonths(db, '2000-01', month);
      await readDimensions(db, ['channel', 'tier', 'category', 'town'], this_month);
      const closed = await listClosed(db);
      await readTable(
        db,
        month,
        'city',
        closed.find((one) => one.period === month),
      );
    }),
    await page('pivot', 'pivot, category × town, 12 months', leader, ['/reports/pivot'], async () => {
      await readCells(db, 'category', 'town', { from: monthBefore(month, 11), to: month });
      await readCells(db, 'month', null, { from: monthBefore(month, 35), to: month });
    }),
  ];
}

/** One form, as a browser sends it with its files left empty. */
function multipart(fields: Readonly<Record<string, string>>): { headers: Record<string, string>; body: string } {
  const boundary = `----bench${randomBytes(9).toString('hex')}`;
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--${boundary}\r\nContent-Disposition: form-data; name="files"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n`;
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${parts.join('')}${file}--${boundary}--\r\n`,
  };
}

const once = () => randomBytes(16).toString('base64url');

/** The forms that change something: each request is another appeal. `each` of them for either server in every round. */
export async function writePages(city: City, origin: string, most: number): Promise<Page[]> {
  const { world } = city;
  const { db } = world;
  const agent = await someone(db, 'hotline_agent');
  const dispatcher = await someone(db, 'dispatch_officer');
  const clerk = await someone(db, 'department_clerk', demoUnits.department);
  const cookieOf = async ({ username }: Someone) => ({ ...own, cookie: await signIn(origin, username) });
  const now = () => new Date();

  const { rows: buildings } = await db.raw<{ rows: { id: number; grid_id: number }[] }>(
    'select id, grid_id from buildings order by id limit 500',
  );
  const { rows: texts } = await db.raw<{ rows: { content: string; category_code: string }[] }>(
    `select content, category_code from appeals where category_code is not null and id % 7 = 0 order by id limit 500`,
  );
  const registering = await cookieOf(agent);
  const forms = Array.from({ length: most }, (_, i) => {
    const { content, category_code } = texts[i % texts.length]!;
    const { headers, body } = multipart({
      once: once(),
      phone: `1900000${String(i % 10_000).padStart(4, '0')}`,
      name: '测试',
      content,
      title: '',
      place_text: '',
      place: `building:${buildings[i % buildings.length]!.id}`,
      address: '3 单元',
      channel: 'hotline',
      kind: 'help',
      category_code,
      priority: 'general',
      about_unit_id: '',
      repeat_of: '',
      next_step: 'review',
      answer: '',
    });
    return { method: 'POST' as const, path: '/appeals', headers: { ...registering, ...headers }, body };
  });
  const registration = await learn(db, true, [{ once: once() }, { once: once() }], async (inputs) => {
    const { content, category_code } = texts[0]!;
    const { id, grid_id } = buildings[0]!;
    await register(
      world,
      { author: agent.actor, now: now(), once: inputs['once'] },
      {
        channel: 'hotline',
        kind: 'help',
        priority: 'general',
        category_code,
        content,
        place_unit_id: grid_id,
        building_id: id,
        address: '3 单元',
        name: '测试',
        phone: '19000000001',
        contact_wanted: true,
      },
    );
  });

  const targets = await prepareTargets(db, dispatcher.actor, clerk.actor, most * 2 + 4);
  const dispatching = await cookieOf(dispatcher);
  const acknowledging = await cookieOf(clerk);
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
  const lead = String(clerk.actor.unit_id);
  const instruction = '请按职责核实处理并在期限内反馈';
  const toDispatch = targets.dispatch.slice(4);
  const dispatch = await learn(
    db,
    true,
    [targets.dispatch[0]!, targets.dispatch[1]!].map((number) => ({ number, once: once() })) as never,
    (inputs) =>
      performOnAppeal(db, { author: dispatcher.actor, now: now(), once: inputs['once'] }, inputs['number']!, 'dispatch', {
        lead_unit_id: Number(lead),
        instruction,
      }),
  );
  const toAcknowledge = targets.acknowledge.slice(4);
  const acknowledge = await learn(
    db,
    true,
    [targets.acknowledge[0]!, targets.acknowledge[1]!].map(({ number, order_id }) => ({
      number,
      order_id: String(order_id),
      once: once(),
    })) as never,
    (inputs) =>
      performOnOrder(
        db,
        { author: clerk.actor, now: now(), once: inputs['once'] },
        inputs['number']!,
        Number(inputs['order_id']),
        'acknowledge',
        {},
      ),
  );

  const bareAsked = (name: string, inputs: readonly Record<string, string>[]): Asked[] =>
    inputs.map((given) => ({ method: 'POST', path: `/${name}?${new URLSearchParams(given)}`, headers: {}, body: '' }));
  const form = (headers: Record<string, string>, path: string, fields: Record<string, string>): Asked => ({
    method: 'POST',
    path,
    headers: { ...headers, ...urlencoded },
    body: new URLSearchParams(fields).toString(),
  });
  return [
    {
      name: 'register',
      label: 'register',
      transaction: true,
      status: 303,
      product: forms,
      statements: registration,
      bare: bareAsked(
        'register',
        forms.map(() => ({ once: once() })),
      ),
    },
    {
      name: 'dispatch',
      label: 'dispatch',
      transaction: true,
      status: 303,
      statements: dispatch,
      product: toDispatch.slice(0, most).map((number) =>
        form(dispatching, `/appeals/${number}/dispatch`, {
          once: once(),
          back: '/desks/dispatch?tab=pending_dispatch',
          lead_unit_id: lead,
          instruction,
        }),
      ),
      bare: bareAsked(
        'dispatch',
        toDispatch.slice(most).map((number) => ({ number, once: once() })),
      ),
    },
    {
      name: 'acknowledge',
      label: 'acknowledge',
      transaction: true,
      status: 303,
      statements: acknowledge,
      product: toAcknowledge.slice(0, most).map(({ number, order_id }) =>
        form(acknowledging, `/appeals/${number}/orders/${order_id}/acknowledge`, {
          once: once(),
          back: '/desks/handling?tab=pending_ack',
        }),
      ),
      bare: bareAsked(
        'acknowledge',
        toAcknowledge.slice(most).map(({ number, order_id }) => ({ number, order_id: String(order_id), once: once() })),
      ),
    },
  ];
}

/** Sets ended appeals back to where they wait for a dispatch, and others to where an order of theirs waits to be acknowledged. */
async function prepareTargets(
  db: Db,
  dispatcher: Actor,
  clerk: Actor,
  count: number,
): Promise<{ dispatch: string[]; acknowledge: { number: string; order_id: number }[] }> {
  // With one order each: the bare server takes the order that stood at the same place of the learned answer.
  const waiting = `id in (select id from appeals where (select count(*) from work_orders w where w.appeal_id = appeals.id) = 1 and status in ('closed', 'archived') and round = 1 and not confidential and about_unit_id is null and lead_unit_id is not null order by id desc limit :count offset :offset)`;
  const stopped = `update appeals set status = :status, level = null, closed_at = null, archived_at = null, finished_at = null, due_at = now() + interval '5 days', step_due_at = now() + interval '2 hours' where ${waiting} returning id, number`;
  const clock = `insert into clocks (appeal_id, work_order_id, kind, started_at, due_at, limit_value, limit_unit, calendar_version) select a, o, :kind, now(), now() + interval '2 hours', 120, 'minutes', 1 from unnest(:appeals::bigint[], :orders::bigint[]) as t(a, o)`;
  const { rows: first } = await db.raw<{ rows: { id: number; number: string }[] }>(stopped, {
    status: 'pending_dispatch',
    count,
    offset: 0,
  });
  await db.raw(clock, { kind: 'dispatch', appeals: first.map(({ id }) => id), orders: first.map(() => null) } as never);
  // The first are still "closed" to the statement below only until they were changed: it takes the next ones.
  const { rows: second } = await db.raw<{ rows: { id: number; number: string }[] }>(stopped, {
    status: 'in_handling',
    count,
    offset: 0,
  });
  const { rows: orders } = await db.raw<{ rows: { id: number; appeal_id: number }[] }>(
    `update work_orders set status = 'pending_ack', unit_id = :unit_id, made_by_unit_id = :made_by, created_at = now(), acknowledged_at = null, contacted_at = null, submitted_at = null, first_submitted_at = null,
       submitted_by = null, approved_by = null, ended_at = null, outcome = null, result = null, promised_on = null, due_at = now() + interval '5 days', step_due_at = now() + interval '2 hours'
     where id in (select distinct on (appeal_id) id from work_orders where appeal_id = any(:ids) and role = 'lead' order by appeal_id, id desc) returning id, appeal_id`,
    { unit_id: clerk.unit_id, made_by: dispatcher.unit_id, ids: second.map(({ id }) => id) } as never,
  );
  const appeals = orders.map(({ appeal_id }) => appeal_id);
  for (const kind of ['acknowledge', 'contact', 'handle'])
    await db.raw(clock, { kind, appeals, orders: orders.map(({ id }) => id) } as never);
  await db.raw(`update appeals set lead_unit_id = :unit_id where id = any(:appeals)`, {
    unit_id: clerk.unit_id,
    appeals,
  } as never);
  await db.raw(
    `insert into appeal_scopes (unit_id, appeal_id, reads) select :unit_id, a, true from unnest(:appeals::bigint[]) as t(a) on conflict (unit_id, appeal_id) do update set reads = true`,
    { unit_id: clerk.unit_id, appeals } as never,
  );
  for (const table of ['appeals', 'work_orders', 'clocks', 'appeal_scopes']) await db.raw(`vacuum analyze ${table}`);
  const numbers = new Map(second.map(({ id, number }) => [id, number]));
  return {
    dispatch: first.map(({ number }) => number),
    acknowledge: orders.map(({ id, appeal_id }) => ({ number: numbers.get(appeal_id)!, order_id: id })),
  };
}

/** A page as the bare server sends it: with the bytes that the product sends. */
export async function scriptOf(page: Page, origin: string): Promise<Script> {
  const { name, transaction, statements, status } = page;
  // A form is not sent for this: its answer is a redirect of known length.
  if (transaction)
    return {
      name,
      transaction,
      statements,
      status,
      headers: { location: '/desks/dispatch?tab=pending_dispatch', 'content-type': 'text/html; charset=utf-8' },
      body: '<p>See Other. Redirecting to /desks/dispatch?tab=pending_dispatch</p>',
    };
  const { path, headers } = page.product[0]!;
  const answer = await fetch(`${origin}${path}`, { headers, redirect: 'manual' });
  const body = await answer.text();
  if (answer.status !== status) throw new Error(`${path}: ${answer.status} ${body.replace(/<[^>]*>|\s+/g, ' ').slice(0, 1000)}`);
  const kept = Object.fromEntries(
    [...answer.headers].filter(
      ([header]) => !['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'].includes(header),
    ),
  );
  return { name, transaction, statements, status, headers: kept, body };
}
