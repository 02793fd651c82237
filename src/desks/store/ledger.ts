import { type Channel, channels, type Kind, kinds, type Level, levels, type Status, statuses } from '../../appeals/rules.ts';
import { type Priority, priorities } from '../../catalog/rules.ts';
import { addDays, startOfDay } from '../../core/clock.ts';
import { type Db, hot } from '../../core/db.ts';
import { searchTerms } from '../../core/text.ts';
import type { Actor } from '../../people/rules.ts';
import { readsEverything } from '../../policy.ts';
import { type Tier, type Took, tiers, tookNames, tookSteps } from '../../reports/rules/dimensions.ts';
import { tookSql } from '../../reports/store/cells.ts';

/** What the ledger can be filtered by; every filter stands in the address, so that every list has one. */
export interface LedgerFilter {
  readonly q: string;
  readonly status: Status | null;
  readonly kind: Kind | null;
  readonly priority: Priority | null;
  readonly channel: Channel | null;
  /** Two digits or four, or 'none'. */
  readonly category: string | null;
  readonly area: number | null;
  readonly unit: number | null;
  readonly level: Level | 'unrated' | 'rated' | null;
  /** Whose place lies within a unit, as the tree stands. */
  readonly place: number | null;
  /** Whose place is exactly this unit. */
  readonly at: number | null;
  /** What the unit in the lead is. */
  readonly tier: Tier | null;
  readonly stage: Stage | null;
  readonly took: Took | null;
  readonly late: boolean;
  readonly mine: boolean;
  readonly from: string | null;
  readonly to: string | null;
}
const stages = ['open', 'ended'] as const;
type Stage = (typeof stages)[number];
export const filterNames = [
  'q',
  'status',
  'kind',
  'priority',
  'channel',
  'category',
  'area',
  'unit',
  'level',
  'place',
  'at',
  'tier',
  'stage',
  'took',
  'late',
  'mine',
  'from',
  'to',
] as const satisfies readonly (keyof LedgerFilter)[];

const oneOf = <T extends string>(list: readonly T[], text: string | null): T | null => list.find((one) => one === text) ?? null;
const idFrom = (text: string | null): number | null => (text && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null);
const dayFrom = (text: string | null): string | null =>
  text && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;

/** Reads a filter from an address; what is malformed filters nothing. */
export function readLedgerFilter(query: URLSearchParams): LedgerFilter {
  const get = (name: string) => query.get(name);
  return {
    q: (get('q') ?? '').replace(/\0/g, '').trim().slice(0, 100),
    status: oneOf(statuses, get('status')),
    kind: oneOf(kinds, get('kind')),
    priority: oneOf(priorities, get('priority')),
    channel: oneOf(channels, get('channel')),
    category: /^(\d{2}(\d{2})?|none)$/.test(get('category') ?? '') ? get('category') : null,
    area: idFrom(get('area')),
    unit: idFrom(get('unit')),
    level: oneOf([...levels, 'unrated', 'rated'] as const, get('level')),
    place: idFrom(get('place')),
    at: idFrom(get('at')),
    tier: oneOf(tiers, get('tier')),
    stage: oneOf(stages, get('stage')),
    took: oneOf(tookNames, get('took')),
    late: get('late') === '1',
    mine: get('mine') === '1',
    from: dayFrom(get('from')),
    to: dayFrom(get('to')),
  };
}

export interface LedgerRow {
  readonly id: number;
  readonly number: string;
  readonly title: string;
  readonly status: Status;
  readonly kind: Kind;
  readonly priority: Priority;
  readonly channel: Channel;
  readonly category_code: string | null;
  readonly place_unit_id: number;
  readonly address: string;
  readonly lead_unit_id: number | null;
  readonly received_at: Date;
  readonly due_at: Date | null;
  readonly closed_at: Date | null;
  readonly level: Level | null;
  readonly round: number;
  readonly confidential: boolean;
}
export interface ExportRow extends LedgerRow {
  readonly content: string;
  readonly answer: string | null;
  readonly name_masked: string | null;
  readonly phone_masked: string | null;
}

interface Asked {
  readonly from: string;
  readonly where: string;
  readonly bindings: Record<string, unknown>;
}

/** The one description of what a list holds: the page, its count and its export all read it. */
function asked(actor: Actor, filter: LedgerFilter, now: Date, phone_hash: string | null): Asked {
  const wheres: string[] = [];
  const bindings: Record<string, unknown> = {};
  const add = (sql: string, name?: string, value?: unknown) => {
    wheres.push(sql);
    if (name !== undefined) bindings[name] = value;
  };
  let from = 'appeals a';
  if (!readsEverything(actor)) {
    from += ' join appeal_scopes r on r.appeal_id = a.id and r.unit_id = :reader and r.reads';
    bindings['reader'] = actor.unit_id;
  }
  if (filter.area !== null && filter.area !== actor.unit_id) {
    from += ' join appeal_scopes s on s.appeal_id = a.id and s.unit_id = :area';
    bindings['area'] = filter.area;
  }
  if (phone_hash !== null) {
    from += ' join appellants p on p.id = a.appellant_id and p.phone_hash = :phone_hash';
    bindings['phone_hash'] = phone_hash;
  } else if (/^\d{8}-\d+$/.test(filter.q)) add('a.number = :number', 'number', filter.q);
  else if (filter.q !== '')
    add(`a.search @@ plainto_tsquery('simple', :words)`, 'words', searchTerms(filter.q).join(' ') || filter.q);
  if (filter.status) add('a.status = :status', 'status', filter.status);
  if (filter.kind) add('a.kind = :kind', 'kind', filter.kind);
  if (filter.priority) add('a.priority = :priority', 'priority', filter.priority);
  if (filter.channel) add('a.channel = :channel', 'channel', filter.channel);
  if (filter.category === 'none') add('a.category_code is null');
  else if (filter.category)
    add(
      filter.category.length === 4 ? 'a.category_code = :category' : `a.category_code between :category and :category || '99'`,
      'category',
      filter.category,
    );
  if (filter.unit !== null) add('a.lead_unit_id = :unit', 'unit', filter.unit);
  if (filter.level === 'unrated') add(`a.level is null and a.status in ('closed', 'archived')`);
  else if (filter.level === 'rated') add('a.level is not null');
  else if (filter.level) add('a.level = :level', 'level', filter.level);
  if (filter.place !== null)
    add(
      `a.place_unit_id in (select b.id from units p join units b on b.path like p.path || '%' where p.id = :place)`,
      'place',
      filter.place,
    );
  if (filter.at !== null) add('a.place_unit_id = :at_unit', 'at_unit', filter.at);
  if (filter.tier === 'none') add('a.lead_unit_id is null');
  else if (filter.tier) add('a.lead_unit_id in (select l.id from units l where l.kind = :tier)', 'tier', filter.tier);
  if (filter.stage === 'ended') add(`a.status in ('closed', 'archived')`);
  if (filter.stage === 'open') add(`a.status not in ('closed', 'archived', 'declined', 'withdrawn', 'merged')`);
  if (filter.took) {
    const i = tookNames.indexOf(filter.took);
    add(`a.status in ('closed', 'archived')`);
    if (i > 0) add(`${tookSql} >= :took_from`, 'took_from', tookSteps[i - 1]![1]);
    if (tookSteps[i]![1] !== null) add(`${tookSql} < :took_to`, 'took_to', tookSteps[i]![1]);
  }
  if (filter.late) add(`a.due_at < :now and a.status = 'in_handling'`, 'now', now);
  if (filter.mine) add('a.registered_by = :person', 'person', actor.person_id);
  if (filter.from) add('a.received_at >= :from', 'from', startOfDay(filter.from));
  if (filter.to) add('a.received_at < :to', 'to', startOfDay(addDays(filter.to, 1)));
  return { from, where: wheres.length > 0 ? wheres.join(' and ') : 'true', bindings };
}

const columns = `a.id, a.number, a.title, a.status, a.kind, a.priority, a.channel, a.category_code, a.place_unit_id, a.address, a.lead_unit_id, a.received_at, a.due_at, a.closed_at, a.level,
  a.round, a.confidential`;
export const page_rows = 50;

/** One page, newest first: before an id, or after one when walking back; one row more than a page when there is more. */
export async function listLedger(
  db: Db,
  actor: Actor,
  filter: LedgerFilter,
  at: { before?: number | undefined; after?: number | undefined },
  now: Date,
  phone_hash: string | null,
  few = false,
): Promise<LedgerRow[]> {
  const { from, where, bindings } = asked(actor, filter, now, phone_hash);
  const back = at.after !== undefined;
  const beyond = back ? 'and a.id > :at' : at.before !== undefined ? 'and a.id < :at' : '';
  // Of a rare word the planner believes that it is found soon and walks the whole history by id; `+ 0` leaves it the index of words.
  const by = few && 'words' in bindings ? 'a.id + 0' : 'a.id';
  const sql = `select ${columns} from ${from} where ${where} ${beyond} order by ${by} ${back ? 'asc' : 'desc'} limit ${page_rows + 1}`;
  return rowsOf<LedgerRow>(db, sql, bindings, { at: at.after ?? at.before ?? null });
}

/** What is filtered decides the plan, so a filtered list is planned each time; without a filter its text is always the same. */
async function rowsOf<Row>(db: Db, sql: string, bindings: Asked['bindings'], more: Record<string, unknown> = {}): Promise<Row[]> {
  if (Object.keys(bindings).every((name) => name === 'reader')) return hot<Row>(db, sql, { ...bindings, ...more });
  return (await db.raw<{ rows: Row[] }>(sql, { ...bindings, ...more } as never)).rows;
}

/** How many a filter finds, at most 1,001 unless told otherwise: no page ever counts a history. */
export async function countLedger(
  db: Db,
  actor: Actor,
  filter: LedgerFilter,
  now: Date,
  phone_hash: string | null,
  most = 1001,
): Promise<number> {
  const { from, where, bindings } = asked(actor, filter, now, phone_hash);
  const [row] = await rowsOf<{ n: number }>(
    db,
    `select count(*)::int as n from (select 1 from ${from} where ${where} limit ${Math.trunc(most)}) capped`,
    bindings,
  );
  return row!.n;
}

/** A page with the count of its list; a first page that is not full is the whole list, and needs no counting. */
export async function readLedger(...asking: Parameters<typeof listLedger>): Promise<{ found: LedgerRow[]; count: number }> {
  const [db, actor, filter, at, now, phone_hash] = asking;
  if (filter.q !== '') {
    const count = await countLedger(db, actor, filter, now, phone_hash);
    return { found: await listLedger(db, actor, filter, at, now, phone_hash, count <= 1000), count };
  }
  const found = await listLedger(...asking);
  const whole = at.before === undefined && at.after === undefined && found.length <= page_rows;
  return { found, count: whole ? found.length : await countLedger(db, actor, filter, now, phone_hash) };
}

const batch_rows = 1000;

/** The rows of a list in batches, newest first, so that an export of any size holds one batch in memory. */
export async function* eachLedgerRow(
  db: Db,
  actor: Actor,
  filter: LedgerFilter,
  now: Date,
  phone_hash: string | null,
): AsyncGenerator<ExportRow[]> {
  const { from, where, bindings } = asked(actor, filter, now, phone_hash);
  for (let before: number | null = null; ; ) {
    const { rows }: { rows: ExportRow[] } = await db.raw(
      `select ${columns}, a.content, a.answer, n.name_masked, n.phone_masked from ${from} left join appellants n on n.id = a.appellant_id
       where ${where} ${before === null ? '' : 'and a.id < :before'} order by a.id desc limit ${batch_rows}`,
      { ...bindings, before } as never,
    );
    if (rows.length > 0) yield rows;
    if (rows.length < batch_rows) return;
    before = rows.at(-1)!.id;
  }
}

export interface SavedFilterRow {
  readonly id: number;
  readonly person_id: number;
  readonly name: string;
  readonly query: string;
}
declare module 'knex/types/tables.js' {
  interface Tables {
    saved_filters: SavedFilterRow;
  }
}

export const listSavedFilters = async (db: Db, person_id: number): Promise<SavedFilterRow[]> =>
  hot(db, 'select * from saved_filters where person_id = :person_id order by name', { person_id });
export async function saveFilter(db: Db, person_id: number, name: string, query: string): Promise<void> {
  await db('saved_filters')
    .insert({ person_id, name, query } as SavedFilterRow)
    .onConflict(['person_id', 'name'])
    .merge(['query']);
}
export async function removeFilter(db: Db, person_id: number, id: number): Promise<void> {
  await db('saved_filters').where({ id, person_id }).delete();
}
/** How many appeals bear a number of this day or later, at most 1,001: the index on numbers answers. */
export async function countSince(db: Db, day: string): Promise<number> {
  const { rows } = await db.raw<{ rows: { n: number }[] }>(
    'select count(*)::int as n from (select 1 from appeals where number >= :from limit 1001) capped',
    { from: day.replaceAll('-', '') },
  );
  return rows[0]!.n;
}
