import type { Request, Response } from 'express';
import { channels } from '../../appeals/rules.ts';
import { rulebook } from '../../catalog/actions.ts';
import type { Changes } from '../../core/changes.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import { type Hold, hold } from '../../core/hold.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import type { Actor } from '../../people/rules.ts';
import { may } from '../../policy.ts';
import { cardLook } from '../../supervision/routes/cards.ts';
import type { Shared, Tone, Views } from '../../views.ts';
import type { Topic } from '../../web/live.ts';
import { renderPart, sharedFor, sharedOf, show, stream } from '../../web/render.ts';
import { type Desk, deskNames, deskPermission, desks, isDesk, type Tab } from '../rules.ts';
import { type After, countQueues, listQueue, listTried, page_rows, type QueueFilter, type QueueRow } from '../store/queue.ts';
import { caseView, type Told } from './case.ts';
import { categoryName, orderToneOf, placeLines, shortOf, toneOf } from './labels.ts';

export function queueRoutes(world: World, door: Door): void {
  for (const desk of deskNames) {
    door.get(`/desks/${desk}`, deskPermission(desk), (req, res) => showDesk(world, req, res, req.originalUrl, null));
  }
}

/**
 * The console: tabs, the list of one tab, and the chosen case beside it. `address` is where it stands (also after a refused form, which
 * is answered with the desk as it now is); `number` is the case to keep open.
 */
export async function showDesk(
  world: World,
  req: Request,
  res: Response,
  address: string,
  number: string | null,
  told: Told = {},
): Promise<void> {
  const { query, desk, at, ...list } = await readDesk(world, actorOf(res), sharedOf(res), address);
  const open = number ?? query.get('open') ?? null;
  const chosen = open ?? (req.method === 'GET' ? (list.rows[0]?.number ?? null) : null);
  const back = at({});
  const { t } = sharedOf(res);
  show(
    res,
    'desks/queue',
    { title: t.desks.queues[desk], nav: desk, live: { at: at({ after: query.get('after') }) } },
    { ...list, desk, case: chosen === null ? null : await caseOrNothing(), chosen, on_phone: open !== null || number !== null },
  );

  async function caseOrNothing() {
    try {
      return await caseView(world, res, chosen!, { ...told, back });
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null;
      throw error;
    }
  }
}

/** Tabs where two people of one seat do not see the same. */
const personal: readonly Tab[] = ['awaiting_approval', 'last_resort'];

/** What changes on a desk while somebody sits at it: rendered once for all who look at the same list. */
export function deskTopic(world: World, res: Response, address: string): Topic | null {
  const actor = actorOf(res);
  const { lang } = sharedOf(res);
  const { pathname, search } = new URL(address, 'http://here');
  const desk = pathname.split('/')[2];
  if (!pathname.startsWith('/desks/') || !isDesk(desk) || !may(actor, deskPermission(desk))) return null;
  return {
    key: `desk ${seatOf(actor, desk)} ${lang} ${pathname}${search}`,
    concerns: ({ units }) => units?.includes(actor.unit_id) ?? false,
    async render() {
      const shared = sharedFor({ lang, me: null, now: world.clock() });
      const { rows, older, newer, tabs, heading } = await readDesk(world, actor, shared, address);
      const data = [
        stream('queue-tabs', renderPart('parts/tabs', shared, { label: heading, tabs })),
        stream('queue-list', renderPart('desks/queue_list', shared, { rows, older, newer, chosen: null })),
      ].join('');
      return { event: 'stream', data };
    },
  };
}

/** Who sees the same desk: `unit post` and, where a tab is personal, the person. */
const seatOf = (actor: Actor, desk: Desk): string =>
  `${actor.unit_id} ${actor.post} ${desks[desk].some((tab) => personal.includes(tab)) ? actor.person_id : ''} ${desk}`;

const hold_ms = 5000;
type Counts = Record<Tab, number>;
const holders = new WeakMap<Changes, Hold<Counts>>();

/** The counts of tabs for as long as nothing of the unit changes; without news of that nothing is held. */
function heldCounts({ changes }: World): Hold<Counts> | null {
  if (!changes) return null;
  const known = holders.get(changes);
  if (known) return known;
  const made = hold<Counts>(hold_ms);
  holders.set(changes, made);
  changes.listen((change) =>
    made.drop((key) => change === 'anything' || (change.units?.some((unit) => key.startsWith(`${unit} `)) ?? false)),
  );
  return made;
}

/** After an act of this unit: news of it may come later than its next page. */
export const forgetCounts = (world: World, { unit_id }: Actor): void =>
  heldCounts(world)?.drop((key) => key.startsWith(`${unit_id} `));

/** A desk's tabs and one page of its list. */
async function readDesk(world: World, actor: Actor, { t, lang, fmt, now }: Shared, address: string) {
  const { db } = world;
  const url = new URL(address, 'http://here');
  const desk = url.pathname.split('/')[2];
  if (!isDesk(desk) || !may(actor, deskPermission(desk))) throw notFound();
  const tabs: readonly Tab[] = desks[desk];
  const query = url.searchParams;
  const asked = query.get('tab');
  const count = () => countQueues(db, tabs, actor, now);
  const [counts, book] = await Promise.all([heldCounts(world)?.get(seatOf(actor, desk), count) ?? count(), rulebook(db)]);
  const current = tabs.find((one) => one === asked) ?? tabs.find((one) => counts[one] > 0) ?? tabs[0]!;
  const filter = readFilter(query);
  const found = await listQueue(db, current, actor, filter, readAfter(query.get('after')), now);
  const rows = found.slice(0, page_rows);
  const tried =
    desk === 'callback'
      ? await listTried(
          db,
          rows.map(({ key_id }) => key_id),
        )
      : null;
  const at = (changes: Record<string, string | null>): string => {
    const next = new URLSearchParams({ tab: current });
    for (const name of ['channel', 'town', 'category']) if (query.get(name)) next.set(name, query.get(name)!);
    for (const [name, value] of Object.entries(changes)) value === null ? next.delete(name) : next.set(name, value);
    return `/desks/${desk}?${next}`;
  };
  return {
    query,
    at,
    desk,
    heading: t.desks.queues[desk],
    lead: t.desks.sorted[desk],
    tabs: tabs.map((tab) => ({
      href: `/desks/${desk}?tab=${tab}`,
      label: t.desks.tabs[tab],
      count: capped(counts[tab]),
      hot: isHot(tab) && counts[tab] > 0,
      current: tab === current,
    })),
    chips: [
      { href: at({ channel: null, after: null }), label: t.common.all_channels, current: filter.channel === null },
      ...(['hotline', 'qr_code', 'app_snapshot'] as const).map((channel) => ({
        href: at({ channel, after: null }),
        label: t.domain.channels[channel],
        current: filter.channel === channel,
      })),
    ],
    filters: {
      tab: current,
      channel: filter.channel ?? '',
      town: query.get('town') ?? '',
      category: query.get('category') ?? '',
    },
    towns:
      actor.unit_kind === 'city'
        ? [...book.units.values()]
            .filter((unit) => unit.kind === 'town')
            .map((unit) => ({ value: unit.id, label: shortOf(unit, lang) }))
        : [],
    categories: [...book.categories.values()]
      .filter((one) => one.parent_code === null)
      .map((one) => ({ value: one.code, label: lang === 'zh' ? one.name_zh : one.name_en })),
    rows: rows.map((row) => rowView(row)),
    older: found.length > page_rows ? at({ after: afterOf(rows.at(-1)!) }) : undefined,
    newer: query.get('after') ? at({ after: null }) : undefined,
  };

  /** How often somebody was called in vain, when to call again, and what he has said by himself. */
  function triedMarks(row: QueueRow): { tone: Tone; text: string }[] {
    const one = tried?.get(row.key_id);
    if (!one) return [];
    const { parameters } = book;
    const wanted = [parameters['callback.attempts'], parameters['callback.days']] as const;
    return [
      ...(one.self_rated && row.level
        ? [
            {
              tone: row.level === 'dissatisfied' ? ('late' as const) : ('go' as const),
              text: t.callbacks.self_rated(t.domain.levels[row.level]),
            },
          ]
        : []),
      ...(one.calls > 0 ? [{ tone: 'warn' as const, text: t.callbacks.tried(one.calls, wanted[0], one.days, wanted[1]) }] : []),
      ...(one.again_at && one.again_at > now
        ? [{ tone: 'new' as const, text: t.callbacks.again(fmt.moment(one.again_at)) }]
        : []),
    ];
  }

  function rowView(row: QueueRow): Views['desks/queue']['rows'][number] {
    const status = row.order_status
      ? { tone: orderToneOf[row.order_status], text: t.domain.orders[row.order_status] }
      : { tone: toneOf[row.status], text: t.domain.statuses[row.status] };
    const marks = [
      ...(row.role && row.role !== 'lead' ? [{ tone: 'done' as const, text: t.domain.roles[row.role] }] : []),
      ...(row.card ? [{ ...cardLook[row.card], text: t.supervision.colors[row.card] }] : []),
      ...(row.urges > 0
        ? [{ tone: 'warn' as const, icon_name: 'speakerphone', text: t.supervision.urged_times(row.urges) }]
        : []),
      ...(row.returns > 0 ? [{ tone: 'warn' as const, text: t.common.returned_times(row.returns) }] : []),
      ...(row.repeat_of_id ? [{ tone: 'done' as const, text: t.common.repeat }] : []),
      ...(row.round > 1 ? [{ tone: 'late' as const, text: t.desks.round(row.round) }] : []),
      ...(row.confidential ? [{ tone: 'warn' as const, text: t.desks.hidden }] : []),
      ...triedMarks(row),
    ];
    return {
      number: row.number,
      key: `${row.number}-${row.order_id ?? ''}`,
      title: row.title,
      category: categoryName(row.category_code === null ? undefined : book.categories.get(row.category_code), lang),
      priority: row.priority,
      priority_text: t.domain.priorities[row.priority],
      place: placeLines(book, row.place_unit_id, lang),
      channel: t.domain.channels[row.channel],
      received: fmt.moment(row.received_at),
      unit: shortOf(book.units.get(row.unit_id ?? row.lead_unit_id ?? 0), lang),
      due: row.due_at ? fmt.left(row.due_at, now, row.started_at) : null,
      status,
      marks,
      href: at({ open: row.number, after: query.get('after') }),
      case_href: `/appeals/${row.number}`,
    };
  }
}

const capped = (n: number): number | string => (n > 1000 ? '1,000+' : n);
const hot: readonly Tab[] = ['overdue', 'red_cards', 'talks', 'returns', 'requests', 'countersign', 'grid_emergency'];
const isHot = (tab: Tab): boolean => hot.includes(tab);

function readFilter(query: URLSearchParams): QueueFilter {
  const town = query.get('town') ?? '';
  const category = query.get('category') ?? '';
  return {
    channel: channels.find((one) => one === query.get('channel')) ?? null,
    town_id: /^[1-9]\d{0,9}$/.test(town) ? Number(town) : null,
    category: /^\d{2}$/.test(category) ? category : null,
  };
}

const afterOf = (row: QueueRow): string => `${row.due_at ? row.due_at.toISOString() : 'infinity'}_${row.key_id}`;
function readAfter(text: string | null): After | null {
  const [due, id] = (text ?? '').split('_');
  const at = new Date(due ?? '');
  return id && /^\d{1,15}$/.test(id) && !Number.isNaN(at.getTime()) ? { due_at: at, key_id: Number(id) } : null;
}

export type { Desk };
