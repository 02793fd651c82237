import { addMinutes } from '../../core/clock.ts';
import { type Db, hot } from '../../core/db.ts';
import {
  type Axis,
  type CellCounts,
  type crossed,
  type Dimension,
  dimensions,
  isTime,
  lastDay,
  pairOf,
  pairs,
  type Time,
  tookSteps,
} from '../rules/dimensions.ts';

export interface ReportFactRow {
  readonly appeal_id: number;
  readonly day: string;
}
export interface ReportCellRow extends CellCounts {
  readonly dims: string;
  readonly span: string;
  readonly a: string;
  readonly b: string;
}
declare module 'knex/types/tables.js' {
  interface Tables {
    report_facts: ReportFactRow;
    report_cells: ReportCellRow;
    report_progress: { readonly one: true; readonly rolled_at: Date | null };
  }
}

/** How long a case took from receipt to its finish, of appeal `a`. The ledger asks for the same. */
export const tookSql = `(extract(epoch from coalesce(a.finished_at, a.closed_at) - a.received_at) / 60)`;
const minutes = `case when a.status in ('closed', 'archived') then greatest(0, floor(${tookSql}))::int end`;
const took = `case ${tookSteps.map(([name, most]) => (most === null ? `else '${name}' end` : `when ${minutes} < ${most} then '${name}'`)).join(' ')}`;

// What the cells count of each of some appeals. Where a place lies is asked of the tree as it stands.
const factsOf = (which: string) => `
  select a.id as appeal_id, (a.received_at at time zone 'Asia/Shanghai')::date as day,
    coalesce(t.id, p.id)::text as town, coalesce(c.id, p.id)::text as community, p.id::text as grid,
    case when l.kind = 'department' then l.id::text else coalesce(l.kind, 'none') end as unit,
    coalesce(left(a.category_code, 2), 'none') as category, coalesce(a.category_code, 'none') as topic, a.channel,
    coalesce(l.kind, 'none') as tier,
    case when a.status in ('closed', 'archived') then 'ended' when a.status in ('declined', 'withdrawn', 'merged') then 'other' else 'open' end as stage,
    a.level, ${minutes} as minutes, case when a.status in ('closed', 'archived') then ${took} end as took
  from appeals a join units p on p.id = a.place_unit_id
  left join units t on t.kind = 'town' and t.id = any(string_to_array(trim(both '/' from p.path), '/')::bigint[])
  left join units c on c.kind = 'community' and c.id = any(string_to_array(trim(both '/' from p.path), '/')::bigint[])
  left join units l on l.id = a.lead_unit_id
  where ${which}`;

const month = `to_char(f.day, 'YYYY-MM')`;
const day = `to_char(f.day, 'YYYY-MM-DD')`;

/** Every kind of cell: its name, its span, and where a and b come from. */
const kinds: readonly (readonly [dims: string, span: string, a: string, b: string])[] = [
  ...dimensions.flatMap((one) => [[one, month, `f.${one}`, `''`] as const, [`day/${one}`, day, `f.${one}`, `''`] as const]),
  ...pairs.map(([one, other]) => [`${one}*${other}`, month, `f.${one}`, `f.${other}`] as const),
];
const columns = 'received, open, ended, satisfied, basic, dissatisfied';
const summed = (sign: string) =>
  [
    `sum(${sign})`,
    ...['open', 'ended'].map((stage) => `sum(case when f.stage = '${stage}' then ${sign} else 0 end)`),
    ...['satisfied', 'basic', 'dissatisfied'].map((level) => `sum(case when f.level = '${level}' then ${sign} else 0 end)`),
  ].join(', ');

/** Up to when the trail was followed; whoever holds it is alone at rolling up until the transaction ends. */
export async function holdRolled(trx: Db): Promise<Date | null> {
  return (await trx('report_progress').forUpdate().first())!.rolled_at;
}
export async function saveRolled(trx: Db, rolled_at: Date): Promise<void> {
  await trx('report_progress').update({ rolled_at });
}

/** Whole months, as many together as one statement counts within its time. */
async function spansOf(trx: Db): Promise<{ from: string; to: string }[]> {
  const { rows } = await trx.raw<{ rows: { month: string; n: number }[] }>(
    `select to_char(day, 'YYYY-MM') as month, count(*)::int as n from report_facts group by 1 order by 1`,
  );
  const spans: { from: string; to: string; n: number }[] = [];
  for (const { month: at, n } of rows) {
    const last = spans.at(-1);
    if (last && last.n + n <= most_at_once) Object.assign(last, { to: lastDay(at), n: last.n + n });
    else spans.push({ from: `${at}-01`, to: lastDay(at), n });
  }
  return spans;
}
const most_at_once = 100_000;

/** Counts everything from nothing. */
export async function rollAll(trx: Db): Promise<number> {
  await trx('report_cells').delete();
  await trx('report_facts').delete();
  let appeals = 0;
  for (let last = 0, counted = 1; counted > 0; appeals += counted) {
    const [found] = (
      await trx.raw<{ rows: { n: number; last: number | null }[] }>(
        `with put as (insert into report_facts ${factsOf('a.id in (select id from appeals where id > :last order by id limit 50000)')} returning appeal_id)
         select count(*)::int as n, max(appeal_id) as last from put`,
        { last },
      )
    ).rows;
    counted = found!.n;
    last = found!.last ?? last;
  }
  for (const { from, to } of await spansOf(trx)) {
    for (const [dims, span, a, b] of kinds) {
      await trx.raw(
        `insert into report_cells (dims, span, a, b, ${columns})
         select '${dims}', ${span}, ${a}, ${b}, ${summed('1')} from report_facts f
         where f.day between :from and :to and ${a} is not null group by 2, 3, 4`,
        { from, to },
      );
    }
  }
  return appeals;
}

/** Appeals with something new in their trail, and those of places that have moved. */
export async function listTouched(trx: Db, since: Date): Promise<number[]> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `select distinct subject_id as id from trail where subject_kind = 'appeal' and happened_at >= :since
     union
     select a.id from trail t join trail_inputs i using (subject_kind, subject_id, seq)
     join units m on i.input ->> 'thing' = 'unit:' || m.id join units u on u.path like m.path || '%' join appeals a on a.place_unit_id = u.id
     where t.subject_kind = 'system' and t.happened_at >= :since`,
    { since },
  );
  return rows.map(({ id }) => id);
}

/** Takes out of the cells what they had counted of these appeals, and puts in what these are now. */
export async function rollSome(trx: Db, ids: readonly number[]): Promise<void> {
  await trx.raw(
    `with fresh as materialized (${factsOf('a.id = any(:ids)')}),
     old as materialized (select * from report_facts where appeal_id = any(:ids)),
     gone as (delete from report_facts where appeal_id in (select appeal_id from old where not exists (select 1 from fresh where fresh.appeal_id = old.appeal_id))),
     kept as (
       insert into report_facts select * from fresh on conflict (appeal_id) do update set (day, town, community, grid, unit, category, topic, channel, tier, stage, level, minutes, took)
         = row (excluded.day, excluded.town, excluded.community, excluded.grid, excluded.unit, excluded.category, excluded.topic, excluded.channel, excluded.tier, excluded.stage,
           excluded.level, excluded.minutes, excluded.took)
     ),
     delta as (select -1 as sign, old.* from old union all select 1, fresh.* from fresh)
     insert into report_cells as cells (dims, span, a, b, ${columns})
     select * from (
       select k.dims, k.span, k.a, k.b, ${summed('f.sign')} from delta f
       cross join lateral (values ${kinds.map(([dims, span, a, b]) => `('${dims}', ${span}, ${a}, ${b})`).join(', ')}) k (dims, span, a, b)
       where k.a is not null group by 1, 2, 3, 4
     ) turned (dims, span, a, b, ${columns}) where (${columns}) <> (0, 0, 0, 0, 0, 0)
     on conflict (dims, span, a, b) do update set ${columns
       .split(', ')
       .map((name) => `${name} = cells.${name} + excluded.${name}`)
       .join(', ')}`,
    { ids: [...ids] },
  );
}

// An act is told at the moment its request came in and is seen when it commits: a look goes back a little further.
const overlap_minutes = 15;

/** From when on the trail is followed. Bound, not asked for inside the statement: unknown, the planner would read the whole trail. */
export async function followedSince(db: Db): Promise<Date> {
  const { rolled_at } = (await db('report_progress').first())!;
  return rolled_at === null ? new Date(0) : addMinutes(rolled_at, -overlap_minutes);
}

// What has happened since the job last ran, as the cells will count it: the old out, the new in. Read in the same statement as the cells.
const live = `
  changed as materialized (
    select distinct subject_id as id from trail
    where subject_kind = 'appeal' and happened_at >= :since
  ), delta as materialized (
    select -1 as sign, r.* from report_facts r where r.appeal_id in (select id from changed)
    union all select 1, n.* from (${factsOf('a.id in (select id from changed)')}) n
  )`;

const sums = columns
  .split(', ')
  .map((name) => `sum(${name})::int as ${name}`)
  .join(', ');
/** What one appeal of the delta adds to each column. */
const signed = `f.sign, ${['stage open', 'stage ended', 'level satisfied', 'level basic', 'level dissatisfied']
  .map((one) => one.split(' '))
  .map(([name, value]) => `case when f.${name} = '${value}' then f.sign else 0 end`)
  .join(', ')}`;

export interface Cell extends CellCounts {
  readonly a: string;
  readonly b: string;
}

interface Wanted {
  readonly dims: string;
  readonly span: string;
  readonly a: string;
  readonly b: string;
  readonly cell_a: string;
  readonly cell_b: string;
  /** Spans are days, else months. */
  readonly daily: boolean;
}

const timeOf: Record<Time, (span: string) => string> = {
  day: (span) => span,
  week: (span) => `to_char(date_trunc('week', ${span}::date), 'YYYY-MM-DD')`,
  month: (span) => span,
};

/** Where the cells of two axes lie; with one axis alone b is empty. */
function wantedOf(rows: Axis | Dimension, columnsOf: Axis | null): Wanted {
  const time = [rows, columnsOf].find((axis) => axis !== null && isTime(axis)) as Time | undefined;
  const plain = [rows, columnsOf].find((axis) => axis !== null && !isTime(axis)) as Dimension | undefined;
  const daily = time === 'day' || time === 'week';
  const span = daily ? day : month;
  if (time) {
    const dims = `${daily ? 'day/' : ''}${plain ?? 'channel'}`;
    const first = rows === time;
    const plain_cell = plain && columnsOf !== null ? 'a' : `''`;
    const plain_live = plain && columnsOf !== null ? `f.${plain}` : `''`;
    const at = timeOf[time];
    return first
      ? { dims, span, a: at(span), b: plain_live, cell_a: at('span'), cell_b: plain_cell, daily }
      : { dims, span, a: plain_live, b: at(span), cell_a: plain_cell, cell_b: at('span'), daily };
  }
  if (columnsOf === null) return { dims: rows, span, a: `f.${rows}`, b: `''`, cell_a: 'a', cell_b: `''`, daily };
  const { dims, turned } = pairOf(rows as (typeof crossed)[number], columnsOf as (typeof crossed)[number]);
  return { dims, span, a: `f.${rows}`, b: `f.${columnsOf}`, cell_a: turned ? 'b' : 'a', cell_b: turned ? 'a' : 'b', daily };
}

/**
 * The counts of two axes over some months, up to this moment. Reads the cells of those months and the few appeals that changed since
 * the job last ran: how long the city has kept its books does not matter.
 */
export async function readCells(
  db: Db,
  rows: Axis | Dimension,
  columnsOf: Axis | null,
  { from, to }: { from: string; to: string },
): Promise<Cell[]> {
  const want = wantedOf(rows, columnsOf);
  const ends = want.daily ? { from: `${from}-01`, to: `${to}-31` } : { from, to };
  const { rows: found } = await db.raw<{ rows: Cell[] }>(
    `with ${live}
     select a, b, ${sums}
     from (
       select ${want.cell_a} as a, ${want.cell_b} as b, ${columns} from report_cells where dims = :dims and span between :from and :to
       union all
       select ${want.a}, ${want.b}, ${signed} from delta f where ${want.span} between :from and :to and ${want.a} is not null
     ) both_kinds group by 1, 2 having sum(received) <> 0`,
    { dims: want.dims, ...ends, since: await followedSince(db) },
  );
  return found;
}

/** The counts of several dimensions, each by itself, in one statement: planning it costs more than reading its cells. */
export async function readDimensions<D extends Dimension>(
  db: Db,
  wanted: readonly D[],
  { from, to }: { from: string; to: string },
): Promise<Record<D, Cell[]>> {
  const { rows } = await db.raw<{ rows: (Cell & { dims: D })[] }>(
    `with ${live}
     select dims, a, '' as b, ${sums}
     from (
       select dims, a, ${columns} from report_cells where dims = any(:wanted) and span between :from and :to
       union all
       select k.dims, k.a, ${signed} from delta f cross join lateral (values ${wanted.map((one) => `('${one}', f.${one})`).join(', ')}) k (dims, a)
       where ${month} between :from and :to and k.a is not null
     ) both_kinds group by 1, 2 having sum(received) <> 0`,
    { wanted: [...wanted], from, to, since: await followedSince(db) },
  );
  const cells = Object.fromEntries(wanted.map((one): [D, Cell[]] => [one, []])) as Record<D, Cell[]>;
  for (const { dims, ...cell } of rows) cells[dims].push(cell);
  return cells;
}

export interface Spread {
  readonly unit: string;
  readonly n: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}
/** Quantiles of how long the ended appeals of a month took, per unit in the lead and of all ('all'). */
export async function listSpreads(db: Db, from: string, to: string): Promise<Spread[]> {
  const { rows } = await db.raw<{ rows: Spread[] }>(
    `with ${live}, ended as materialized (
       select r.unit, r.minutes from report_facts r
       where r.day between :from and :to and r.minutes is not null and not exists (select 1 from changed c where c.id = r.appeal_id)
       union all select f.unit, f.minutes from delta f where f.sign = 1 and f.day between :from and :to and f.minutes is not null
     )
     select coalesce(unit, 'all') as unit, count(*)::int as n, percentile_disc(0.1) within group (order by minutes) as p10,
       percentile_disc(0.5) within group (order by minutes) as p50, percentile_disc(0.9) within group (order by minutes) as p90
     from ended group by grouping sets ((unit), ()) having count(*) > 0`,
    { from, to, since: await followedSince(db) },
  );
  return rows;
}

/** Overdue in handling at this moment: the partial index of open work answers. */
export async function countOverdue(db: Db, now: Date): Promise<number> {
  const [row] = await hot<{ n: number }>(
    db,
    `select count(*)::int as n from appeals where due_at < :now and status = 'in_handling'`,
    { now },
  );
  return row!.n;
}
