import type { AppealAct } from './appeals/rules.ts';
import type { OrderAct } from './orders/rules.ts';
import { type Actor, administratorPosts, cityPosts, commandPosts, type Post, postNames, posts } from './people/rules.ts';
import type { Act as WhistleAct } from './whistles/rules.ts';

/**
 * What a permission is tested against:
 * `none` nothing but the post; `readable` a case the actor may read; `holder` the unit whose order it is; `desk` the city's desks, and the
 * holder in handling; `maker` the unit an order answers to (orders/rules);
 * `approver` the table in orders/rules; `below` a unit at or below the actor's; `caller` the unit that whistles, `called` one of those it calls.
 */
export type Reach = 'none' | 'readable' | 'holder' | 'desk' | 'maker' | 'approver' | 'below' | 'caller' | 'called';

interface Rule {
  readonly posts: readonly Post[];
  readonly reach: Reach;
}

const working = postNames.filter((post) => !administratorPosts.includes(post));
const town: readonly Post[] = ['town_clerk', 'town_leader'];
const community: readonly Post[] = ['community_clerk', 'community_secretary'];
const department: readonly Post[] = ['department_clerk', 'department_leader'];
const handlers: readonly Post[] = ['linked_member', ...community, ...town, ...department];
const callers: readonly Post[] = [...community, ...town];
const called: readonly Post[] = [...town, ...department];
const judges: readonly Post[] = ['analysis_assessor', 'supervision_officer', 'city_leader'];
const nobody: readonly Post[] = [];

/** Who may do what. Every act must appear: a missing line does not compile. What is not here may not be done. */
export const policy = {
  'appeal.register': {
    posts: ['hotline_agent', 'linked_member', 'community_clerk', 'town_clerk', 'department_clerk'],
    reach: 'none',
  },
  'appeal.answer': { posts: ['hotline_agent', 'review_officer'], reach: 'readable' },
  'appeal.transfer': { posts: ['hotline_agent'], reach: 'readable' },
  'appeal.request_details': { posts: ['review_officer'], reach: 'readable' },
  'appeal.supply_details': { posts: ['hotline_agent'], reach: 'readable' },
  'appeal.import_close': { posts: nobody, reach: 'none' },
  'appeal.lapse': { posts: nobody, reach: 'none' },
  'appeal.decline': { posts: ['review_officer'], reach: 'readable' },
  'appeal.accept': { posts: ['review_officer'], reach: 'readable' },
  'appeal.merge': { posts: ['review_officer', 'dispatch_officer'], reach: 'readable' },
  'appeal.unmerge': { posts: ['review_officer'], reach: 'readable' },
  'appeal.dispatch': { posts: ['dispatch_officer'], reach: 'readable' },
  'appeal.redispatch': { posts: nobody, reach: 'none' },
  'appeal.rereview': { posts: nobody, reach: 'none' },
  'appeal.finish': { posts: nobody, reach: 'none' },
  'appeal.finish_own': { posts: nobody, reach: 'none' },
  'appeal.attempt': { posts: ['callback_officer'], reach: 'readable' },
  'appeal.rework': { posts: ['callback_officer'], reach: 'readable' },
  'appeal.rework_answer': { posts: ['callback_officer'], reach: 'readable' },
  'appeal.close': { posts: ['callback_officer'], reach: 'readable' },
  'appeal.close_unreached': { posts: nobody, reach: 'none' },
  'appeal.countersign': { posts: ['supervision_officer'], reach: 'readable' },
  'appeal.propose_termination': { posts: ['supervision_officer'], reach: 'readable' },
  'appeal.terminate': { posts: ['supervision_officer', 'review_officer'], reach: 'readable' },
  'appeal.withdraw': { posts: ['hotline_agent'], reach: 'readable' },
  'appeal.reopen': { posts: ['callback_officer'], reach: 'readable' },
  'appeal.archive': { posts: nobody, reach: 'none' },
  'appeal.answer_merged': { posts: nobody, reach: 'none' },
  'appeal.rework_merged': { posts: nobody, reach: 'none' },
  'appeal.close_merged': { posts: nobody, reach: 'none' },
  'appeal.rate': { posts: ['callback_officer'], reach: 'readable' },
  'appeal.correct': { posts: ['review_officer', 'dispatch_officer', ...handlers], reach: 'desk' },
  'appeal.comment': { posts: working, reach: 'readable' },
  'appeal.read': { posts: working, reach: 'readable' },
  'appeal.reveal': { posts: working.filter((post) => post !== 'city_leader' && post !== 'analysis_assessor'), reach: 'readable' },
  'appeal.export': { posts: [...commandPosts, 'city_leader', ...town, ...community, ...department], reach: 'none' },

  'order.acknowledge': { posts: handlers, reach: 'holder' },
  'order.contact': { posts: [...handlers, 'hotline_agent'], reach: 'holder' },
  'order.progress': { posts: handlers, reach: 'holder' },
  'order.reach_milestone': { posts: handlers, reach: 'holder' },
  'order.forward': { posts: [...town, ...community], reach: 'holder' },
  'order.escalate': { posts: ['linked_member', ...community, ...town], reach: 'holder' },
  'order.request_return': { posts: [...town, ...department], reach: 'holder' },
  'order.uphold_return': { posts: ['dispatch_officer', ...town, ...community], reach: 'maker' },
  'order.reject_return': { posts: ['dispatch_officer', ...town, ...community], reach: 'maker' },
  'order.recall': { posts: ['dispatch_officer', ...town, ...community], reach: 'maker' },
  'order.recall_open': { posts: nobody, reach: 'none' },
  'order.reassign': { posts: ['dispatch_officer'], reach: 'readable' },
  'order.request_extension': { posts: handlers, reach: 'holder' },
  'order.grant_extension': { posts: ['supervision_officer', ...town, ...community], reach: 'maker' },
  'order.deny_extension': { posts: ['supervision_officer', ...town, ...community], reach: 'maker' },
  'order.request_suspension': { posts: handlers, reach: 'holder' },
  'order.grant_suspension': { posts: ['supervision_officer'], reach: 'readable' },
  'order.deny_suspension': { posts: ['supervision_officer'], reach: 'readable' },
  'order.resume': { posts: ['supervision_officer', ...handlers], reach: 'desk' },
  'order.request_termination': { posts: [...town, ...department], reach: 'holder' },
  'order.submit': { posts: handlers, reach: 'holder' },
  'order.approve': { posts: ['department_leader', ...town, ...community, 'dispatch_officer'], reach: 'approver' },
  'order.send_back': { posts: ['department_leader', ...town, ...community, 'dispatch_officer'], reach: 'approver' },
  'order.rework': { posts: nobody, reach: 'none' },
  'order.urge': { posts: ['supervision_officer', 'town_leader'], reach: 'maker' },
  'order.supervise': { posts: ['supervision_officer'], reach: 'maker' },

  'whistle.read': { posts: working.filter((post) => post !== 'linked_member'), reach: 'readable' },
  'whistle.draft': { posts: ['community_clerk', 'town_clerk'], reach: 'caller' },
  'whistle.propose': { posts: ['community_clerk', 'town_clerk'], reach: 'caller' },
  'whistle.issue': { posts: ['community_secretary', 'town_leader'], reach: 'caller' },
  'whistle.reject': { posts: ['community_secretary', 'town_leader'], reach: 'caller' },
  'whistle.acknowledge': { posts: called, reach: 'called' },
  'whistle.check_in': { posts: called, reach: 'called' },
  'whistle.refuse': { posts: called, reach: 'called' },
  'whistle.consult': { posts: nobody, reach: 'none' },
  'whistle.record_minutes': { posts: callers, reach: 'caller' },
  'whistle.add_part': { posts: callers, reach: 'caller' },
  'whistle.report_part': { posts: called, reach: 'called' },
  'whistle.finish_part': { posts: callers, reach: 'caller' },
  'whistle.resolve': { posts: callers, reach: 'caller' },
  'whistle.rate': { posts: callers, reach: 'caller' },
  'whistle.judge': { posts: called, reach: 'called' },
  'whistle.end': { posts: callers, reach: 'caller' },
  'whistle.withdraw': { posts: callers, reach: 'caller' },

  'desk.hotline': { posts: ['hotline_agent'], reach: 'none' },
  'desk.review': { posts: ['review_officer'], reach: 'none' },
  'desk.dispatch': { posts: ['dispatch_officer'], reach: 'none' },
  'desk.supervision': { posts: ['supervision_officer'], reach: 'none' },
  'desk.callback': { posts: ['callback_officer'], reach: 'none' },
  'desk.handling': { posts: handlers, reach: 'none' },
  'desk.approval': { posts: ['department_leader', ...town, ...community, 'dispatch_officer'], reach: 'none' },

  'phone.use': { posts: ['linked_member'], reach: 'none' },
  'unit.read': { posts: [...working, 'sys_admin'], reach: 'none' },
  'unit.edit': { posts: ['sys_admin'], reach: 'none' },
  'grid.edit': { posts: ['sys_admin', ...town, ...community], reach: 'below' },
  'member.read': { posts: [...working, 'sys_admin'], reach: 'none' },
  'member.edit': { posts: [...town, ...community, 'sys_admin'], reach: 'below' },
  'visit.read': { posts: ['linked_member', ...community, ...town], reach: 'below' },
  'visit.make': { posts: ['linked_member'], reach: 'below' },
  'watch.keep': { posts: ['linked_member', ...community], reach: 'below' },
  'watch.health': { posts: ['linked_member', ...community], reach: 'below' },
  'duty_log.tick': { posts: ['linked_member'], reach: 'none' },
  'duty_log.read': { posts: [...community, ...town], reach: 'none' },
  'field.read': { posts: [...community, ...town], reach: 'none' },
  'substitute.read': { posts: ['linked_member', ...community, ...town], reach: 'none' },
  'substitute.edit': { posts: [...community, ...town], reach: 'below' },
  'duty.read': { posts: [...town, ...community, ...department, 'sys_admin'], reach: 'none' },
  'duty.edit': { posts: [...town, ...community, ...department, 'sys_admin'], reach: 'below' },
  'plate.read': { posts: [...cityPosts, ...town, ...community, 'linked_member', 'sys_admin'], reach: 'below' },
  'plate.edit': { posts: [...town, ...community, 'sys_admin'], reach: 'below' },
  'plate.check': { posts: ['linked_member', ...community], reach: 'below' },
  'household.code': { posts: ['linked_member', ...community], reach: 'below' },
  'review.read': { posts: [...town, ...community], reach: 'below' },
  'review.unpublish': { posts: [...community], reach: 'below' },
  'review.own': { posts: ['linked_member'], reach: 'none' },
  'party.read': { posts: [...cityPosts, ...town, ...community, 'sys_admin'], reach: 'none' },
  'party.edit': { posts: [...community, 'sys_admin'], reach: 'below' },
  'catalog.read': { posts: [...working, 'sys_admin'], reach: 'none' },
  'catalog.edit': { posts: ['dispatch_officer', 'sys_admin'], reach: 'none' },
  'catalog.propose': { posts: ['dispatch_officer'], reach: 'none' },
  'catalog.activate': { posts: ['dispatch_officer', 'supervision_officer'], reach: 'none' },
  'parameter.read': { posts: [...commandPosts, 'city_leader', 'sys_admin', 'sec_admin'], reach: 'none' },
  'parameter.edit': { posts: ['sys_admin'], reach: 'none' },
  'parameter.confirm': { posts: ['sec_admin'], reach: 'none' },
  'account.read': { posts: ['sys_admin', 'sec_admin'], reach: 'none' },
  'account.edit': { posts: ['sys_admin'], reach: 'none' },
  'post.edit': { posts: ['sec_admin'], reach: 'none' },
  'assessment.read': { posts: [...judges, ...town, ...department], reach: 'none' },
  'assessment.explain': { posts: [...judges, ...town, ...department], reach: 'below' },
  'assessment.edit': { posts: ['analysis_assessor'], reach: 'none' },
  'assessment.confirm': { posts: ['supervision_officer', 'city_leader'], reach: 'none' },
  'exclusion.request': { posts: [...town, ...department], reach: 'below' },
  'exclusion.decide': { posts: ['analysis_assessor'], reach: 'none' },
  'exclusion.confirm': { posts: ['supervision_officer'], reach: 'none' },
  'objection.file': { posts: [...town, ...department], reach: 'below' },
  'objection.decide': { posts: ['analysis_assessor'], reach: 'none' },
  'objection.confirm': { posts: ['supervision_officer'], reach: 'none' },
  'supervision.read': {
    posts: working.filter((post) => post !== 'hotline_agent' && post !== 'review_officer'),
    reach: 'readable',
  },
  'supervision.reply': { posts: handlers, reach: 'holder' },
  'supervision.judge': { posts: ['supervision_officer'], reach: 'readable' },
  'supervision.list': { posts: ['supervision_officer'], reach: 'readable' },
  'supervision.summon': { posts: ['supervision_officer', 'city_leader'], reach: 'readable' },
  'tracking.read': {
    posts: ['supervision_officer', 'dispatch_officer', 'analysis_assessor', 'city_leader', ...town, ...department],
    reach: 'readable',
  },
  'tracking.edit': { posts: ['supervision_officer', 'city_leader'], reach: 'readable' },
  'shift.read': { posts: [...cityPosts, ...town, ...community, 'sys_admin'], reach: 'none' },
  'shift.edit': { posts: ['supervision_officer', ...town, ...community], reach: 'below' },
  'shift.keep': { posts: [...commandPosts, ...town, ...community], reach: 'none' },
  'wall.read': { posts: cityPosts, reach: 'none' },
  'outbox.read': { posts: ['supervision_officer', 'sys_admin'], reach: 'none' },
  'outbox.settle': { posts: ['supervision_officer', 'sys_admin'], reach: 'none' },
  'message_text.edit': { posts: ['sys_admin'], reach: 'none' },
  'health.read': { posts: ['sys_admin', 'audit_admin'], reach: 'none' },
  'job.read': { posts: ['sys_admin', 'audit_admin'], reach: 'none' },
  'job.run': { posts: ['sys_admin'], reach: 'none' },
  'member_score.read': { posts: [...community, ...town], reach: 'below' },
  'member_score.propose': { posts: ['community_secretary', 'town_clerk'], reach: 'below' },
  'member_score.confirm': { posts: town, reach: 'below' },
  'member_score.own': { posts: ['linked_member'], reach: 'none' },
  'spot_check.make': { posts: [...community, 'town_clerk'], reach: 'below' },
  'member_mark.propose': { posts: [...community, 'town_clerk'], reach: 'below' },
  'member_mark.confirm': { posts: town, reach: 'below' },
  'recall.read': { posts: ['callback_officer', 'analysis_assessor', 'supervision_officer'], reach: 'none' },
  'recall.make': { posts: ['callback_officer'], reach: 'none' },
  'integrity.read': { posts: ['analysis_assessor', 'supervision_officer'], reach: 'none' },
  'integrity.judge': { posts: ['analysis_assessor', 'supervision_officer'], reach: 'none' },
  'report.read': { posts: cityPosts, reach: 'none' },
  'deduction.export': { posts: judges, reach: 'none' },
  'bulletin.read': { posts: working, reach: 'none' },
  'bulletin.edit': { posts: ['analysis_assessor'], reach: 'none' },
  'bulletin.approve': { posts: ['supervision_officer', 'city_leader'], reach: 'none' },
  'case_story.read': { posts: working, reach: 'none' },
  'case_story.edit': { posts: ['analysis_assessor', 'callback_officer'], reach: 'none' },
  'case_story.approve': { posts: ['analysis_assessor', 'supervision_officer', 'city_leader'], reach: 'none' },
  'export.approve': { posts: ['supervision_officer', 'city_leader'], reach: 'none' },
  'audit.read': { posts: ['audit_admin'], reach: 'none' },
} as const satisfies Record<`appeal.${AppealAct}` | `order.${OrderAct}`, Rule> &
  Record<`whistle.${WhistleAct}`, Rule> &
  Record<string, Rule>;

export type Permission = keyof typeof policy;
export const permissions = Object.keys(policy) as Permission[];
export const ruleOf = (permission: Permission): Rule => policy[permission];

/** What the actor stands in towards the thing; each question is answered only where the rule's reach asks it. */
export interface Standing {
  readonly readable?: boolean;
  readonly holder_unit_id?: number | null;
  readonly maker_unit_id?: number;
  readonly approves?: boolean;
  readonly unit_path?: string;
  readonly caller_unit_id?: number;
  readonly called_unit_ids?: readonly number[];
}

const reaches: Record<Reach, (actor: Actor, to: Standing) => boolean> = {
  none: () => true,
  readable: (_actor, to) => to.readable === true,
  // The hotline relays between a confidential appellant and the holder: it stands in for the holder on what it may read.
  holder: (actor, to) => to.readable === true && (to.holder_unit_id === actor.unit_id || actor.post === 'hotline_agent'),
  desk: (actor, to) => to.readable === true && (cityPosts.includes(actor.post) || to.holder_unit_id === actor.unit_id),
  maker: (actor, to) => to.readable === true && to.maker_unit_id === actor.unit_id,
  approver: (_actor, to) => to.readable === true && to.approves === true,
  caller: (actor, to) => to.caller_unit_id === actor.unit_id,
  called: (actor, to) => to.called_unit_ids?.includes(actor.unit_id) === true,
  below: (actor, to) => to.unit_path?.startsWith(actor.unit_path) === true,
};

/** Whether this actor may do this, on a thing towards which he stands so. Denied unless the table says otherwise. */
export function may(actor: Actor, permission: Permission, to: Standing = {}): boolean {
  const rule = ruleOf(permission);
  return rule.posts.includes(actor.post) && reaches[rule.reach](actor, to);
}

/** Whether the post may do this at all, on something: what a menu entry and a route ask before there is a case to ask about. */
export const mayEver = (actor: Actor, permission: Permission): boolean => ruleOf(permission).posts.includes(actor.post);

/** City posts read every appeal; all others only what `appeal_scopes` says of their unit. The list and the page share this. */
export function readsEverything(actor: Actor): boolean {
  return cityPosts.includes(actor.post);
}
export const readsAppeals = (actor: Actor): boolean => posts[actor.post].group !== 'administrator';
