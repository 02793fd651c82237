import type { AppealAct } from '../appeals/rules.ts';
import type { ParameterKey } from '../catalog/rules.ts';
import type { OrderAct } from '../orders/rules.ts';
import type { Permission } from '../policy.ts';
import type { help } from '../words/zh/help.ts';

/** The rest of the policy: what a post may do beside acts on appeals and orders, and what the handbook calls it. */
export type OtherPermission = Exclude<Permission, `appeal.${AppealAct}` | `order.${OrderAct}`>;

type Told = keyof (typeof help)['parameters'] & ParameterKey;
interface LimitLine {
  readonly key: Told;
  /** It concerns whoever may do this. */
  readonly of: Permission;
  /** What a bare number counts. */
  readonly counts?: 'days' | 'working_days' | 'times' | 'households' | 'percent';
}

/** The numbers a post works under, each said to those whose act it bounds. */
export const limitLines: readonly LimitLine[] = [
  { key: 'limit.review', of: 'appeal.accept' },
  { key: 'limit.details', of: 'appeal.request_details' },
  { key: 'limit.dispatch', of: 'appeal.dispatch' },
  { key: 'limit.dispatch.emergency', of: 'appeal.dispatch' },
  { key: 'return.window', of: 'order.request_return' },
  { key: 'limit.ruling', of: 'order.uphold_return' },
  { key: 'limit.ruling.round_the_clock', of: 'order.uphold_return' },
  { key: 'limit.decision', of: 'order.grant_extension' },
  { key: 'limit.decision.round_the_clock', of: 'order.grant_extension' },
  { key: 'extension.working_days', of: 'order.request_extension', counts: 'working_days' },
  { key: 'suspension.days', of: 'order.request_suspension', counts: 'days' },
  { key: 'limit.approve', of: 'order.approve' },
  { key: 'limit.approve.round_the_clock', of: 'order.approve' },
  { key: 'limit.rework', of: 'order.submit' },
  { key: 'limit.callback', of: 'appeal.close' },
  { key: 'callback.attempts', of: 'appeal.attempt', counts: 'times' },
  { key: 'callback.days', of: 'appeal.attempt', counts: 'days' },
  { key: 'callback.self_evaluation_days', of: 'appeal.attempt', counts: 'days' },
  { key: 'callback.recall_percent', of: 'recall.make', counts: 'percent' },
  { key: 'integrity.mark_days', of: 'integrity.read', counts: 'days' },
  { key: 'whistle.emergency.acknowledge', of: 'whistle.acknowledge' },
  { key: 'whistle.emergency.check_in', of: 'whistle.check_in' },
  { key: 'whistle.routine.acknowledge', of: 'whistle.acknowledge' },
  { key: 'whistle.routine.check_in', of: 'whistle.check_in' },
  { key: 'whistle.hard.acknowledge', of: 'whistle.acknowledge' },
  { key: 'whistle.hard.check_in', of: 'whistle.check_in' },
  { key: 'whistle.project.acknowledge', of: 'whistle.acknowledge' },
  { key: 'whistle.project.check_in', of: 'whistle.check_in' },
  { key: 'reopen.within_days', of: 'appeal.reopen', counts: 'days' },
  { key: 'archive.after_days', of: 'appeal.close', counts: 'days' },
  { key: 'reveal.daily_limit', of: 'appeal.reveal', counts: 'times' },
  { key: 'visits.target_fulltime', of: 'visit.make', counts: 'households' },
  { key: 'visits.target_assistant', of: 'visit.make', counts: 'households' },
  { key: 'visits.position_days', of: 'visit.make', counts: 'days' },
  { key: 'watch.discontent_days', of: 'watch.keep', counts: 'days' },
  { key: 'watch.health_days', of: 'watch.health', counts: 'days' },
  { key: 'grid.households_min', of: 'grid.edit', counts: 'households' },
  { key: 'grid.households_max', of: 'grid.edit', counts: 'households' },
];

/** Who reads the limits by priority: those who grade an appeal, send it out, watch it, or handle it. */
export const gradedFor: readonly Permission[] = ['appeal.accept', 'appeal.dispatch', 'desk.supervision', 'order.acknowledge'];
