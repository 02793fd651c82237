import type { Response } from 'express';
import { rulebook } from '../../catalog/actions.ts';
import { addMinutes, dayOf } from '../../core/clock.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import type { Actor } from '../../people/rules.ts';
import { mayEver } from '../../policy.ts';
import { cityDesks, type DutyDesk, slotsBetween } from '../../shifts/rules.ts';
import { listDutyNow } from '../../shifts/store.ts';
import type { Shared, Views } from '../../views.ts';
import type { Topic } from '../../web/live.ts';
import { renderPart, sharedFor, sharedOf, show, stream } from '../../web/render.ts';
import { countWhistles } from '../../whistles/store/lists.ts';
import { countByTier, listNextDue, readFigures, wallTiers } from '../store/wall.ts';
import { shortOf } from './labels.ts';

const most_due = 12;

/** The wall screen of the command centre: figures alone, no word of anybody. Its page asks for itself now and then, so that its session lives. */
export function wallRoutes(world: World, door: Door): void {
  door.get('/wall', 'wall.read', async (_req, res) => {
    const shared = sharedOf(res);
    show(
      res,
      'desks/wall',
      { title: shared.t.wall.title, nav: 'wall', layout: 'desks/wall_layout', live: { at: '/wall' } },
      { tiles: await readTiles(world, actorOf(res), shared) },
    );
  });
}

/** Rendered once for all walls of a language, however many things change at once. */
export function wallTopic(world: World, res: Response, address: string): Topic | null {
  const actor = actorOf(res);
  if (address !== '/wall' || !mayEver(actor, 'wall.read')) return null;
  const { lang } = sharedOf(res);
  return {
    key: `wall ${lang}`,
    concerns: ({ units, whistle }) => units !== undefined || whistle !== undefined,
    async render() {
      const shared = sharedFor({ lang, me: null, now: world.clock() });
      const tiles = await readTiles(world, actor, shared);
      return { event: 'stream', data: stream('wall', renderPart('desks/wall_tiles', shared, tiles)) };
    },
  };
}

async function readTiles({ db }: World, actor: Actor, { t, lang, fmt, now }: Shared): Promise<Views['desks/wall_tiles']> {
  const [figures, tiers, next, duty, whistles, book] = await Promise.all([
    readFigures(db, dayOf(now), now),
    countByTier(db),
    listNextDue(db, now, most_due),
    listDutyNow(db, actor.unit_path, now),
    countWhistles(db, actor),
    rulebook(db),
  ]);
  const open = wallTiers.reduce((sum, tier) => sum + tiers[tier], 0);
  const most = Math.max(1, ...wallTiers.map((tier) => tiers[tier]));
  const namesAt = (desk: DutyDesk) =>
    duty
      .filter((row) => row.desk === desk && row.unit_id === actor.unit_id)
      .flatMap(({ people }) => people.filter((one) => one.on_duty).map((one) => one.name));
  return {
    as_of: t.wall.as_of(fmt.time(now)),
    figures: [
      { label: t.wall.today, value: fmt.number(figures.today), tone: null },
      { label: t.wall.closed, value: fmt.number(figures.closed), tone: null },
      { label: t.wall.open_now, value: fmt.number(open), tone: null },
      { label: t.wall.due_soon, value: fmt.number(figures.due_soon), tone: figures.due_soon > 0 ? 'warn' : null },
      { label: t.wall.overdue, value: fmt.number(figures.overdue), tone: figures.overdue > 0 ? 'late' : null },
      { label: t.wall.whistles, value: fmt.number(whistles.running), tone: null },
    ],
    tiers: wallTiers.map((tier) => ({
      tier,
      label: t.wall.tiers[tier],
      value: tiers[tier],
      text: fmt.number(tiers[tier]),
      most,
    })),
    next: next.map(({ number, lead_unit_id, received_at, due_at }) => ({
      number,
      unit: shortOf(book.units.get(lead_unit_id ?? 0), lang),
      due: fmt.left(due_at, now, received_at),
    })),
    duty: cityDesks.map((desk) => ({
      desk: t.shifts.desks[desk],
      names: namesAt(desk),
      closed: slotsBetween(desk, book, now, addMinutes(now, 1), dayOf).length === 0,
    })),
  };
}
