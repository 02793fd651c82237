/** How an appeal comes in, and what may happen to it at any time. */
import { type Channel, isDelicate, landing } from '../../../src/appeals/rules.ts';
import type { Post } from '../../../src/people/rules.ts';
import * as said from '../../texts/handling.ts';
import { moveAppeal, openCase } from '../engine/appeal.ts';
import { appellant, type Case, type Given, system, type Who } from '../engine/case.ts';
import { recallEverything } from '../engine/order.ts';
import { daysLater, later, nightAfter, type Process, plus, spawn } from '../simulate.ts';
import { intakes, release } from './review.ts';
import { atCity, deal, give, jobs, landingOf, type Telling, text, whoAt, work } from './telling.ts';

const ownPosts: Partial<Record<Channel, readonly Post[]>> = {
  walk_in: ['community_clerk', 'town_clerk'],
  superior_assigned: ['town_clerk'],
  proactive_patrol: ['linked_member', 'community_clerk', 'town_clerk'],
  app_snapshot: ['linked_member'],
  app_voice: ['linked_member'],
};

export function registrar(told: Telling, given: Given): Who {
  if (given.channel === 'hotline') return atCity(told, 'hotline_agent');
  for (const post of ownPosts[given.channel] ?? []) {
    for (const unit of given.place.line.toReversed()) {
      const who =
        whoAt(told, unit, post) ??
        (post === 'linked_member' && unit.kind === 'community'
          ? whoAt(told, told.random.pick(told.directory.gridsOf.get(unit.id)!), post)
          : null);
      if (who) return who;
    }
  }
  return appellant;
}

/** Registers the appeal and sends it on its way. */
export function arrive(told: Telling, given: Given): Case {
  const who = registrar(told, given);
  const how = landing[given.channel];
  const first =
    how === 'place'
      ? landingOf(told, given.place.line)
      : how === 'own'
        ? told.directory.units[who.unit_id! - 1]!
        : told.directory.city;
  const unit = isDelicate({ ...given, about_path: given.about?.path ?? null }, first.path) ? told.directory.city : first;
  const c = openCase(told.book, given, unit.kind === 'city' ? 'pending_review' : 'in_handling', who, told.now);
  if (unit.kind === 'city')
    spawn(
      told,
      deal(intakes, told, told.fate.intake, c),
      told.now,
      () => c.status === 'pending_review' || c.status === 'awaiting_details' || c.status === 'pending_dispatch',
    );
  else work(told, c, give(told, c, unit, 'lead', unit, system, ''), told.fate.turn);
  if (c.caller && told.random.chance(0.012)) later(told, plus(told.now, told.random.between(60, 5000)), () => withdraw(told, c));
  if (told.random.chance(0.02)) later(told, plus(told.now, told.random.between(30, 3000)), () => remark(told, c));
  spawn(told, shelve(told, c), daysLater(told.now, 30));
  return c;
}

function withdraw(told: Telling, c: Case): void {
  if (!['pending_review', 'pending_dispatch', 'in_handling'].includes(c.status)) return;
  const who = told.random.chance(0.6) ? atCity(told, 'hotline_agent') : appellant;
  recallEverything(c, who, told.now, 'withdraw');
  moveAppeal(c, 'withdraw', who, told.now, { reason: text(told, said.withdrawReasons) }, { closed_at: told.now });
  release(told, c);
}

export function remark(told: Telling, c: Case): void {
  if (c.status !== 'in_handling') return;
  moveAppeal(c, 'comment', atCity(told, told.random.chance(0.6) ? 'dispatch_officer' : 'supervision_officer'), told.now, {
    comment: text(told, said.comments),
  });
}

/** The nightly job, looked at as soon as it can be true. */
export function* shelve(told: Telling, c: Case): Process {
  while (c.status !== 'archived') {
    const at =
      c.closed_at === null
        ? daysLater(told.now, 7)
        : nightAfter(c.closed_at, told.book.parameters['archive.after_days'], jobs.archive);
    if (at > told.now) yield at;
    else moveAppeal(c, 'archive', system, told.now, {}, { archived_at: told.now });
  }
}
