import { describe, expect, test } from 'vitest';
import {
  type AppealAct,
  actNames,
  actRule,
  appellantActs,
  canFollow,
  clockOf,
  isDelicate,
  isEnded,
  landing,
  needsCountersign,
  type Stage,
  type Status,
  stageOf,
  statusAfter,
  statuses,
  takesOthers,
  textLimits,
  titleOf,
} from '../../src/appeals/rules.ts';

/**
 * The acts on an appeal as the process lists them, written from its pages and not from the code: from where, to where, what must be said.
 * `.` stands for the status it is in; acts with `system` are the product's own.
 */
const table: Record<AppealAct, readonly [from: string, to: string, needs: string, system?: 'system']> = {
  answer: ['pending_review', 'answered', 'answer'],
  transfer: ['pending_review', 'answered', 'line transferred_at'],
  request_details: ['pending_review', 'awaiting_details', 'question'],
  supply_details: ['awaiting_details', 'pending_review', 'supplement'],
  import_close: ['pending_review', 'closed', '', 'system'],
  lapse: ['awaiting_details', 'closed', '', 'system'],
  decline: ['pending_review', 'declined', 'decline_reason other_way'],
  accept: ['pending_review', 'pending_dispatch', 'kind category_code priority'],
  merge: ['pending_review pending_dispatch in_handling', 'merged', 'target'],
  unmerge: ['merged', 'pending_review', 'reason'],
  dispatch: ['pending_dispatch', 'in_handling', 'lead_unit_id instruction'],
  redispatch: ['in_handling', 'pending_dispatch', '', 'system'],
  rereview: ['in_handling', 'pending_review', '', 'system'],
  finish: ['in_handling', 'pending_callback', '', 'system'],
  finish_own: ['in_handling', 'closed', '', 'system'],
  attempt: ['pending_callback answered', '.', 'callback_outcome'],
  rework: ['pending_callback', 'in_handling', 'reason'],
  rework_answer: ['answered', 'pending_review', 'reason'],
  close: ['pending_callback answered', 'closed', 'level contacted solved'],
  close_unreached: ['pending_callback answered', 'closed', '', 'system'],
  countersign: ['pending_callback answered', '.', 'remark'],
  propose_termination: ['in_handling', '.', 'decline_reason remark'],
  terminate: ['in_handling', 'declined', 'other_way'],
  withdraw: ['pending_review awaiting_details pending_dispatch in_handling', 'withdrawn', 'reason'],
  reopen: ['answered closed declined archived', 'pending_review', 'new_fact'],
  archive: ['closed declined withdrawn', 'archived', '', 'system'],
  answer_merged: ['merged', '.', '', 'system'],
  rework_merged: ['merged', '.', '', 'system'],
  close_merged: ['merged', 'closed', '', 'system'],
  rate: ['merged pending_callback answered', '.', 'level contacted solved'],
  correct: ['pending_review awaiting_details pending_dispatch in_handling', '.', 'category_code priority'],
  comment: ['pending_review awaiting_details pending_dispatch in_handling pending_callback answered', '.', 'comment'],
};
const words = (text: string): string[] => text.split(' ').filter(Boolean);

describe('every status × every act', () => {
  test('the table knows every act of the rules, and no other', () => {
    expect(Object.keys(table).sort()).toEqual([...actNames].sort());
  });

  test.each(actNames)('%s follows only where the process says, and leads where it says', (act) => {
    const [from, to, needs, system] = table[act];
    for (const status of statuses) {
      const lawful = words(from).includes(status);
      expect([status, canFollow(status, act)]).toEqual([status, lawful]);
      if (lawful) expect([status, statusAfter(status, act)]).toEqual([status, to === '.' ? status : to]);
    }
    expect(actRule(act).needs).toEqual(words(needs));
    expect(actRule(act).system === true).toBe(system === 'system');
  });

  test('every status can be reached from the registration, and none is a trap', () => {
    const reached = new Set<Status>(['pending_review', 'in_handling']);
    for (let before = -1; before < reached.size; ) {
      before = reached.size;
      for (const status of [...reached])
        for (const act of actNames) if (canFollow(status, act)) reached.add(statusAfter(status, act));
    }
    expect([...reached].sort()).toEqual([...statuses].sort());
    for (const status of statuses)
      expect([status, actNames.some((act) => canFollow(status, act) && statusAfter(status, act) !== status)]).toEqual([
        status,
        true,
      ]);
  });

  test('whatever is closed, declined or withdrawn ends in the archive, and the archive opens only for a new fact', () => {
    for (const status of ['closed', 'declined', 'withdrawn'] as const) expect(canFollow(status, 'archive')).toBe(true);
    expect(actNames.filter((act) => canFollow('archived', act))).toEqual(['reopen']);
  });
});

test('the resident sees four steps', () => {
  const bar: Record<Stage, string> = {
    intake: 'pending_review awaiting_details pending_dispatch',
    routing: 'in_handling',
    feedback: 'pending_callback answered',
    closing: 'declined withdrawn merged closed archived',
  };
  for (const [stage, held] of Object.entries(bar))
    for (const status of words(held)) expect([status, stageOf[status as Status]]).toEqual([status, stage]);
  expect(words(Object.values(bar).join(' ')).sort()).toEqual([...statuses].sort());
});

test('review, dispatch and callback are the only statuses with a clock of their own; waiting for details pauses the review', () => {
  expect(clockOf).toEqual({
    pending_review: { kind: 'review' },
    awaiting_details: { kind: 'review', paused: true },
    pending_dispatch: { kind: 'dispatch' },
    pending_callback: { kind: 'callback' },
  });
});

test('ended is what nobody works on any more', () => {
  expect(statuses.filter(isEnded)).toEqual(['declined', 'withdrawn', 'merged', 'closed', 'archived']);
});

test('others are merged only into an appeal that is still open', () => {
  expect(statuses.filter(takesOthers)).toEqual([
    'pending_review',
    'awaiting_details',
    'pending_dispatch',
    'in_handling',
    'pending_callback',
  ]);
});

test('an appellant may supply, add, withdraw, reopen, rate and be dissatisfied; closing is not his', () => {
  expect([...appellantActs].sort()).toEqual([
    'comment',
    'rate',
    'reopen',
    'rework',
    'rework_answer',
    'supply_details',
    'withdraw',
  ]);
});

test('one number lands on the review desk, one code and the app on the grid, walk-ins with whoever took them', () => {
  expect(landing).toEqual({
    hotline: 'review',
    web: 'review',
    import: 'review',
    qr_code: 'place',
    app_snapshot: 'place',
    app_voice: 'place',
    walk_in: 'own',
    superior_assigned: 'own',
    proactive_patrol: 'own',
  });
});

describe('what the member on the spot must not learn of', () => {
  const plain = { confidential: false, kind: 'complaint', about_path: null } as const;
  test.each([
    ['a plain complaint', plain, false],
    ['a confidential appeal', { ...plain, confidential: true }, true],
    ['a report', { ...plain, kind: 'report' }, true],
    ['a complaint about the grid itself', { ...plain, about_path: '/1/2/3/4/' }, true],
    ['a complaint about its community', { ...plain, about_path: '/1/2/3/' }, true],
    ['a complaint about its town', { ...plain, about_path: '/1/2/' }, true],
    ['a complaint about another grid of the community', { ...plain, about_path: '/1/2/3/5/' }, false],
    ['a complaint about a grid whose number begins alike', { ...plain, about_path: '/1/2/3/44/' }, false],
    ['a complaint about a department', { ...plain, about_path: '/1/9/' }, false],
  ] as const)('%s', (_, appeal, delicate) => {
    expect(isDelicate(appeal, '/1/2/3/4/')).toBe(delicate);
  });
  test('a complaint about one of its grids is about the community that would get it', () => {
    expect(isDelicate({ ...plain, about_path: '/1/2/3/4/' }, '/1/2/3/')).toBe(true);
  });
});

test('the countersign is asked for from the second dissatisfaction on, once', () => {
  expect([0, 1, 2, 3].map((dissatisfied_rounds) => needsCountersign({ dissatisfied_rounds, countersigned_by: null }))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect(needsCountersign({ dissatisfied_rounds: 2, countersigned_by: 7 })).toBe(false);
});

describe('the title of an appeal that came without one', () => {
  test.each([
    ['楼道灯不亮。请来人看看。', '楼道灯不亮'],
    ['  楼道灯不亮  ', '楼道灯不亮'],
    ['暖气不热！急', '暖气不热'],
    ['第一行\n第二行', '第一行'],
    ['。', '。'],
    ['Lamp out; please come', 'Lamp out'],
  ])('%j → %j', (content, title) => {
    expect(titleOf(content)).toBe(title);
  });
  test('a long first sentence is cut, and says so, without tearing a character apart', () => {
    const title = titleOf('𠮷'.repeat(60));
    expect([...title]).toHaveLength(textLimits.title);
    expect(title).toBe(`${'𠮷'.repeat(textLimits.title - 1)}…`);
    expect(titleOf('长'.repeat(textLimits.title))).toBe('长'.repeat(textLimits.title));
  });
});
