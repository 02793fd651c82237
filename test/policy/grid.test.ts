import { describe, expect, test } from 'vitest';
import type { Actor, Post } from '../../src/people/rules.ts';
import { may, mayEver, type Permission, permissions, readsAppeals, readsEverything, type Standing } from '../../src/policy.ts';

/**
 * Who may do what, written by hand from the process (section 6, and the column "who" of sections 2 and 3) and from the duties of the posts,
 * not from the code. One mark per post, in the order of `columns`; then what the actor must stand in towards the thing.
 * A permission that is not here fails the test: whoever adds one writes down whom it is for.
 */
const columns = [
  'hotline_agent',
  'review_officer',
  'dispatch_officer',
  'supervision_officer',
  'callback_officer',
  'analysis_assessor',
  'city_leader',
  'town_clerk',
  'town_leader',
  'community_clerk',
  'community_secretary',
  'linked_member',
  'department_clerk',
  'department_leader',
  'sys_admin',
  'sec_admin',
  'audit_admin',
] as const satisfies readonly Post[];

const grid = `
                             hrdsca l  tt cc m dd  sSa
  appeal.register            x..... .  x. x. x x.  ...  anywhere
  appeal.answer              xx.... .  .. .. . ..  ...  readable
  appeal.transfer            x..... .  .. .. . ..  ...  readable
  appeal.request_details     .x.... .  .. .. . ..  ...  readable
  appeal.supply_details      x..... .  .. .. . ..  ...  readable
  appeal.import_close        ...... .  .. .. . ..  ...  nobody
  appeal.lapse               ...... .  .. .. . ..  ...  nobody
  appeal.decline             .x.... .  .. .. . ..  ...  readable
  appeal.accept              .x.... .  .. .. . ..  ...  readable
  appeal.merge               .xx... .  .. .. . ..  ...  readable
  appeal.unmerge             .x.... .  .. .. . ..  ...  readable
  appeal.dispatch            ..x... .  .. .. . ..  ...  readable
  appeal.redispatch          ...... .  .. .. . ..  ...  nobody
  appeal.rereview            ...... .  .. .. . ..  ...  nobody
  appeal.finish              ...... .  .. .. . ..  ...  nobody
  appeal.finish_own          ...... .  .. .. . ..  ...  nobody
  appeal.attempt             ....x. .  .. .. . ..  ...  readable
  appeal.rework              ....x. .  .. .. . ..  ...  readable
  appeal.rework_answer       ....x. .  .. .. . ..  ...  readable
  appeal.close               ....x. .  .. .. . ..  ...  readable
  appeal.close_unreached     ...... .  .. .. . ..  ...  nobody
  appeal.countersign         ...x.. .  .. .. . ..  ...  readable
  appeal.propose_termination ...x.. .  .. .. . ..  ...  readable
  appeal.terminate           .x.x.. .  .. .. . ..  ...  readable
  appeal.withdraw            x..... .  .. .. . ..  ...  readable
  appeal.reopen              ....x. .  .. .. . ..  ...  readable
  appeal.archive             ...... .  .. .. . ..  ...  nobody
  appeal.answer_merged       ...... .  .. .. . ..  ...  nobody
  appeal.rework_merged       ...... .  .. .. . ..  ...  nobody
  appeal.close_merged        ...... .  .. .. . ..  ...  nobody
  appeal.rate                ....x. .  .. .. . ..  ...  readable
  appeal.correct             .xx... .  xx xx x xx  ...  desk
  appeal.comment             xxxxxx x  xx xx x xx  ...  readable
  appeal.read                xxxxxx x  xx xx x xx  ...  readable
  appeal.reveal              xxxxx. .  xx xx x xx  ...  readable
  appeal.export              xxxxxx x  xx xx . xx  ...  anywhere
  order.acknowledge          ...... .  xx xx x xx  ...  holder
  order.contact              x..... .  xx xx x xx  ...  holder
  order.progress             ...... .  xx xx x xx  ...  holder
  order.reach_milestone      ...... .  xx xx x xx  ...  holder
  order.forward              ...... .  xx xx . ..  ...  holder
  order.escalate             ...... .  xx xx x ..  ...  holder
  order.request_return       ...... .  xx .. . xx  ...  holder
  order.uphold_return        ..x... .  xx xx . ..  ...  maker
  order.reject_return        ..x... .  xx xx . ..  ...  maker
  order.recall               ..x... .  xx xx . ..  ...  maker
  order.recall_open          ...... .  .. .. . ..  ...  nobody
  order.reassign             ..x... .  .. .. . ..  ...  readable
  order.request_extension    ...... .  xx xx x xx  ...  holder
  order.grant_extension      ...x.. .  xx xx . ..  ...  maker
  order.deny_extension       ...x.. .  xx xx . ..  ...  maker
  order.request_suspension   ...... .  xx xx x xx  ...  holder
  order.grant_suspension     ...x.. .  .. .. . ..  ...  readable
  order.deny_suspension      ...x.. .  .. .. . ..  ...  readable
  order.resume               ...x.. .  xx xx x xx  ...  desk
  order.request_termination  ...... .  xx .. . xx  ...  holder
  order.submit               ...... .  xx xx x xx  ...  holder
  order.approve              ..x... .  xx xx . .x  ...  approver
  order.send_back            ..x... .  xx xx . .x  ...  approver
  order.rework               ...... .  .. .. . ..  ...  nobody
  order.urge                 ...x.. .  .x .. . ..  ...  maker
  order.supervise            ...x.. .  .. .. . ..  ...  maker
  whistle.read               xxxxxx x  xx xx . xx  ...  readable
  whistle.draft              ...... .  x. x. . ..  ...  caller
  whistle.propose            ...... .  x. x. . ..  ...  caller
  whistle.issue              ...... .  .x .x . ..  ...  caller
  whistle.reject             ...... .  .x .x . ..  ...  caller
  whistle.acknowledge        ...... .  xx .. . xx  ...  called
  whistle.check_in           ...... .  xx .. . xx  ...  called
  whistle.refuse             ...... .  xx .. . xx  ...  called
  whistle.consult            ...... .  .. .. . ..  ...  nobody
  whistle.record_minutes     ...... .  xx xx . ..  ...  caller
  whistle.add_part           ...... .  xx xx . ..  ...  caller
  whistle.report_part        ...... .  xx .. . xx  ...  called
  whistle.finish_part        ...... .  xx xx . ..  ...  caller
  whistle.resolve            ...... .  xx xx . ..  ...  caller
  whistle.rate               ...... .  xx xx . ..  ...  caller
  whistle.judge              ...... .  xx .. . xx  ...  called
  whistle.end                ...... .  xx xx . ..  ...  caller
  whistle.withdraw           ...... .  xx xx . ..  ...  caller
  desk.hotline               x..... .  .. .. . ..  ...  anywhere
  desk.review                .x.... .  .. .. . ..  ...  anywhere
  desk.dispatch              ..x... .  .. .. . ..  ...  anywhere
  desk.supervision           ...x.. .  .. .. . ..  ...  anywhere
  desk.callback              ....x. .  .. .. . ..  ...  anywhere
  desk.handling              ...... .  xx xx x xx  ...  anywhere
  desk.approval              ..x... .  xx xx . .x  ...  anywhere
  phone.use                  ...... .  .. .. x ..  ...  anywhere
  unit.read                  xxxxxx x  xx xx x xx  x..  anywhere
  unit.edit                  ...... .  .. .. . ..  x..  anywhere
  grid.edit                  ...... .  xx xx . ..  x..  below
  member.read                xxxxxx x  xx xx x xx  x..  anywhere
  member.edit                ...... .  xx xx . ..  x..  below
  visit.read                 ...... .  xx xx x ..  ...  below
  visit.make                 ...... .  .. .. x ..  ...  below
  watch.keep                 ...... .  .. xx x ..  ...  below
  watch.health               ...... .  .. xx x ..  ...  below
  duty_log.tick              ...... .  .. .. x ..  ...  anywhere
  duty_log.read              ...... .  xx xx . ..  ...  anywhere
  field.read                 ...... .  xx xx . ..  ...  anywhere
  substitute.read            ...... .  xx xx x ..  ...  anywhere
  substitute.edit            ...... .  xx xx . ..  ...  below
  duty.read                  ...... .  xx xx . xx  x..  anywhere
  duty.edit                  ...... .  xx xx . xx  x..  below
  plate.read                 xxxxxx x  xx xx x ..  x..  below
  plate.edit                 ...... .  xx xx . ..  x..  below
  plate.check                ...... .  .. xx x ..  ...  below
  household.code             ...... .  .. xx x ..  ...  below
  review.read                ...... .  xx xx . ..  ...  below
  review.unpublish           ...... .  .. xx . ..  ...  below
  review.own                 ...... .  .. .. x ..  ...  anywhere
  party.read                 xxxxxx x  xx xx . ..  x..  anywhere
  party.edit                 ...... .  .. xx . ..  x..  below
  catalog.read               xxxxxx x  xx xx x xx  x..  anywhere
  catalog.edit               ..x... .  .. .. . ..  x..  anywhere
  catalog.propose            ..x... .  .. .. . ..  ...  anywhere
  catalog.activate           ..xx.. .  .. .. . ..  ...  anywhere
  parameter.read             xxxxxx x  .. .. . ..  xx.  anywhere
  parameter.edit             ...... .  .. .. . ..  x..  anywhere
  parameter.confirm          ...... .  .. .. . ..  .x.  anywhere
  account.read               ...... .  .. .. . ..  xx.  anywhere
  account.edit               ...... .  .. .. . ..  x..  anywhere
  post.edit                  ...... .  .. .. . ..  .x.  anywhere
  assessment.read            ...x.x x  xx .. . xx  ...  anywhere
  assessment.explain         ...x.x x  xx .. . xx  ...  below
  assessment.edit            .....x .  .. .. . ..  ...  anywhere
  assessment.confirm         ...x.. x  .. .. . ..  ...  anywhere
  exclusion.request          ...... .  xx .. . xx  ...  below
  exclusion.decide           .....x .  .. .. . ..  ...  anywhere
  exclusion.confirm          ...x.. .  .. .. . ..  ...  anywhere
  objection.file             ...... .  xx .. . xx  ...  below
  objection.decide           .....x .  .. .. . ..  ...  anywhere
  objection.confirm          ...x.. .  .. .. . ..  ...  anywhere
  shift.read                 xxxxxx x  xx xx . ..  x..  anywhere
  shift.edit                 ...x.. .  xx xx . ..  ...  below
  shift.keep                 xxxxxx .  xx xx . ..  ...  anywhere
  wall.read                  xxxxxx x  .. .. . ..  ...  anywhere
  outbox.read                ...x.. .  .. .. . ..  x..  anywhere
  outbox.settle              ...x.. .  .. .. . ..  x..  anywhere
  message_text.edit          ...... .  .. .. . ..  x..  anywhere
  health.read                ...... .  .. .. . ..  x.x  anywhere
  job.read                   ...... .  .. .. . ..  x.x  anywhere
  job.run                    ...... .  .. .. . ..  x..  anywhere
  member_score.read          ...... .  xx xx . ..  ...  below
  member_score.propose       ...... .  x. .x . ..  ...  below
  member_score.confirm       ...... .  xx .. . ..  ...  below
  member_score.own           ...... .  .. .. x ..  ...  anywhere
  spot_check.make            ...... .  x. xx . ..  ...  below
  member_mark.propose        ...... .  x. xx . ..  ...  below
  member_mark.confirm        ...... .  xx .. . ..  ...  below
  recall.read                ...xxx .  .. .. . ..  ...  anywhere
  recall.make                ....x. .  .. .. . ..  ...  anywhere
  integrity.read             ...x.x .  .. .. . ..  ...  anywhere
  integrity.judge            ...x.x .  .. .. . ..  ...  anywhere
  supervision.read           ..xxxx x  xx xx x xx  ...  readable
  supervision.reply          ...... .  xx xx x xx  ...  holder
  supervision.judge          ...x.. .  .. .. . ..  ...  readable
  supervision.list           ...x.. .  .. .. . ..  ...  readable
  supervision.summon         ...x.. x  .. .. . ..  ...  readable
  tracking.read              ..xx.x x  xx .. . xx  ...  readable
  tracking.edit              ...x.. x  .. .. . ..  ...  readable
  report.read                xxxxxx x  .. .. . ..  ...  anywhere
  deduction.export           ...x.x x  .. .. . ..  ...  anywhere
  bulletin.read              xxxxxx x  xx xx x xx  ...  anywhere
  bulletin.edit              .....x .  .. .. . ..  ...  anywhere
  bulletin.approve           ...x.. x  .. .. . ..  ...  anywhere
  case_story.read            xxxxxx x  xx xx x xx  ...  anywhere
  case_story.edit            ....xx .  .. .. . ..  ...  anywhere
  case_story.approve         ...x.x x  .. .. . ..  ...  anywhere
  export.approve             ...x.. x  .. .. . ..  ...  anywhere
  audit.read                 ...... .  .. .. . ..  ..x  anywhere
`;

const rows = grid
  .split('\n')
  .slice(2)
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [permission, ...rest] = line.trim().split(/\s+/);
    return { permission: permission as Permission, marks: rest.slice(0, -1).join(''), reach: rest.at(-1)! };
  });

const own = 12;
const actor = (post: Post): Actor => ({
  person_id: 1,
  name: 'x',
  post_id: 1,
  post,
  unit_id: own,
  unit_kind: 'town',
  unit_path: '/1/12/',
  unit_name: 'x',
});
const everything: Standing = {
  readable: true,
  holder_unit_id: own,
  maker_unit_id: own,
  approves: true,
  unit_path: '/1/12/30/',
  caller_unit_id: own,
  called_unit_ids: [own],
};

/** For each reach, standings in which it is not enough to hold the post. */
const lacking: Record<string, readonly Standing[]> = {
  anywhere: [],
  nobody: [],
  readable: [{}, { ...everything, readable: false }],
  holder: [
    {},
    { ...everything, readable: false },
    { ...everything, holder_unit_id: 99 },
    { ...everything, holder_unit_id: null },
  ],
  desk: [{}, { ...everything, readable: false }, { ...everything, holder_unit_id: 99 }, { ...everything, holder_unit_id: null }],
  maker: [{}, { ...everything, readable: false }, { ...everything, maker_unit_id: 99 }],
  approver: [{}, { ...everything, readable: false }, { ...everything, approves: false }],
  caller: [{}, { ...everything, caller_unit_id: 99 }],
  called: [{}, { ...everything, called_unit_ids: [99] }],
  below: [{}, { unit_path: '/1/' }, { unit_path: '/1/13/' }, { unit_path: '/1/120/' }],
};
/** Posts of the city to whom being the holder does not apply: the hotline relays, the desks correct what stands with them. */
const excused = (reach: string, post: Post): boolean =>
  (reach === 'holder' && post === 'hotline_agent') || (reach === 'desk' && /_officer$/.test(post));

describe('post × permission', () => {
  test('the grid names every permission, and no other', () => {
    expect(rows.map(({ permission }) => permission).sort()).toEqual([...permissions].sort());
    for (const { permission, marks, reach } of rows) {
      expect([permission, marks.length]).toEqual([permission, columns.length]);
      expect([permission, Object.keys(lacking)]).toEqual([permission, expect.arrayContaining([reach])]);
    }
  });

  test.each(rows)('$permission', ({ permission, marks, reach }) => {
    const allowed = columns.filter((_, index) => marks[index] === 'x');
    expect(columns.filter((post) => may(actor(post), permission, everything))).toEqual(allowed);
    expect(columns.filter((post) => mayEver(actor(post), permission))).toEqual(allowed);
    for (const standing of lacking[reach]!) {
      const still = columns.filter((post) => may(actor(post), permission, standing));
      const excepted = allowed.filter((post) => excused(reach, post) && standing.readable === true);
      expect([standing, still]).toEqual([standing, excepted]);
    }
    expect(reach === 'nobody').toBe(allowed.length === 0);
  });
});

test('the three administrators have nothing to do with appeals, and share nothing but reading who has an account, which parameters hold, and how the system is', () => {
  const admins = columns.slice(-3);
  const theirs = (post: Post) => permissions.filter((permission) => may(actor(post), permission, everything));
  for (const post of admins) {
    expect(theirs(post).filter((permission) => /^(appeal|order|desk)\./.test(permission))).toEqual([]);
    expect(readsAppeals(actor(post))).toBe(false);
    expect(readsEverything(actor(post))).toBe(false);
  }
  const [sys, sec, audit] = admins.map(theirs);
  expect(sys!.filter((permission) => sec!.includes(permission))).toEqual(['parameter.read', 'account.read']);
  expect(audit!.filter((permission) => sys!.includes(permission) || sec!.includes(permission))).toEqual([
    'health.read',
    'job.read',
  ]);
});

test('the city reads every appeal, everybody else those of his unit', () => {
  expect(columns.filter((post) => readsEverything(actor(post)))).toEqual(columns.slice(0, 7));
  expect(columns.filter((post) => readsAppeals(actor(post)))).toEqual(columns.slice(0, 14));
});
