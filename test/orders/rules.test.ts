import { describe, expect, test } from 'vitest';
import {
  actNames,
  actRule,
  acts,
  answersTo,
  approvers,
  approversOfLastResort,
  canFollow,
  firstClocks,
  holderPosts,
  isFinished,
  isOpen,
  isVoid,
  mayStillReturn,
  type OrderAct,
  openParts,
  roles,
  type Status,
  statusAfter,
  statuses,
  stepClock,
  withParts,
} from '../../src/orders/rules.ts';

const holders = ['grid', 'community', 'town', 'department'] as const;

/**
 * The acts on a work order as the process lists them, written from its pages and not from the code: from where, to where (`.`: it stays),
 * whose orders (all when empty), in which roles (all when empty), what must be said, and what it may not be done over.
 */
const table: Record<
  OrderAct,
  { from: string; to: string; holders?: string; roles?: string; needs?: string; over?: true; system?: true }
> = {
  acknowledge: { from: 'pending_ack', to: 'in_progress' },
  contact: { from: 'in_progress', to: '.', roles: 'lead', needs: 'how result_of_contact' },
  progress: { from: 'in_progress', to: '.', needs: 'progress' },
  reach_milestone: { from: 'in_progress', to: '.', roles: 'lead', needs: 'progress' },
  forward: { from: 'in_progress', to: '.', holders: 'town community', needs: 'unit_id instruction due_on' },
  escalate: {
    from: 'pending_ack in_progress',
    to: 'escalated',
    holders: 'grid community town',
    roles: 'lead',
    needs: 'tried needed',
    over: true,
  },
  request_return: {
    from: 'pending_ack in_progress',
    to: 'return_requested',
    holders: 'town department',
    needs: 'reason category_code',
    over: true,
  },
  uphold_return: { from: 'return_requested', to: 'returned', needs: 'ruling' },
  reject_return: { from: 'return_requested', to: 'in_progress', needs: 'ruling' },
  recall: { from: 'pending_ack', to: 'recalled', needs: 'reason' },
  recall_open: { from: 'pending_ack in_progress return_requested suspended submitted', to: 'recalled', system: true },
  reassign: { from: 'pending_ack in_progress', to: 'reassigned', needs: 'unit_id reason' },
  request_extension: { from: 'in_progress', to: '.', needs: 'extend_to reason' },
  grant_extension: { from: 'in_progress', to: '.', needs: 'ruling' },
  deny_extension: { from: 'in_progress', to: '.', needs: 'ruling' },
  request_suspension: { from: 'in_progress', to: '.', needs: 'review_on reason' },
  grant_suspension: { from: 'in_progress', to: 'suspended', needs: 'ruling' },
  deny_suspension: { from: 'in_progress', to: '.', needs: 'ruling' },
  urge: { from: 'pending_ack in_progress submitted', to: '.', needs: 'remark' },
  supervise: { from: 'pending_ack in_progress return_requested suspended submitted', to: '.', needs: 'demand' },
  resume: { from: 'suspended', to: 'in_progress', needs: 'reason' },
  request_termination: {
    from: 'in_progress',
    to: '.',
    holders: 'town department',
    roles: 'lead',
    needs: 'decline_reason request',
  },
  submit: { from: 'in_progress', to: 'submitted', needs: 'result outcome', over: true },
  approve: { from: 'submitted', to: 'accepted', over: true },
  send_back: { from: 'submitted', to: 'in_progress', needs: 'reason' },
  rework: { from: 'accepted', to: 'in_progress', system: true },
};
const words = (text = ''): string[] => text.split(' ').filter(Boolean);

describe('every status × act × role × holder', () => {
  test('the table knows every act of the rules, and no other', () => {
    expect(Object.keys(table).sort()).toEqual([...actNames].sort());
  });

  test.each(actNames)('%s follows only where the process says, and leads where it says', (act) => {
    const row = table[act];
    for (const status of statuses) {
      for (const role of roles) {
        for (const unit_kind of holders) {
          const lawful =
            words(row.from).includes(status) &&
            (!row.holders || words(row.holders).includes(unit_kind)) &&
            (!row.roles || words(row.roles).includes(role));
          expect([status, role, unit_kind, canFollow({ status, role, unit_kind }, act)]).toEqual([
            status,
            role,
            unit_kind,
            lawful,
          ]);
        }
      }
      if (words(row.from).includes(status)) expect(statusAfter(status, act)).toBe(row.to === '.' ? status : row.to);
    }
    const rule = actRule(act);
    expect(rule.needs).toEqual(words(row.needs));
    expect(rule.system === true).toBe(row.system === true);
    expect(rule.over === 'no_open_part').toBe(row.over === true);
  });

  test('every status can be reached from a new order', () => {
    const reached = new Set<Status>(['pending_ack']);
    for (let before = -1; before < reached.size; ) {
      before = reached.size;
      for (const status of [...reached])
        for (const act of actNames) if ((actRule(act).from as string[]).includes(status)) reached.add(statusAfter(status, act));
    }
    expect(statuses.filter((status) => !reached.has(status))).toEqual([]);
  });

  test('an open order can always be ended, and of the ended ones only an accepted one comes back', () => {
    for (const status of statuses.filter(isOpen))
      expect([
        status,
        actNames.some((act) => (actRule(act).from as string[]).includes(status) && !isOpen(statusAfter(status, act))),
      ]).toEqual([status, true]);
    const back = statuses.filter(
      (status) => !isOpen(status) && actNames.some((act) => (actRule(act).from as string[]).includes(status)),
    );
    expect(back).toEqual(['accepted']);
  });

  test('the last five statuses end an order; four of them take it out of the appeal', () => {
    expect(statuses.filter((status) => !isOpen(status))).toEqual(['accepted', 'returned', 'recalled', 'reassigned', 'escalated']);
    expect(statuses.filter(isVoid)).toEqual(['returned', 'recalled', 'reassigned', 'escalated']);
  });
});

describe('clocks of an order', () => {
  test('every order has to be acknowledged and handled in time; only the lead has to call the appellant', () => {
    expect(firstClocks).toEqual({
      lead: ['acknowledge', 'contact', 'handle'],
      co: ['acknowledge', 'handle'],
      part: ['acknowledge', 'handle'],
    });
  });

  test('each clock is stopped by what it waits for and by nothing else that leaves the order open', () => {
    const stoppedBy = (kind: string) =>
      actNames.filter(
        (act) =>
          (acts[act] as { stops?: readonly string[] }).stops?.includes(kind) && isOpen(statusAfter(actRule(act).from[0]!, act)),
      );
    expect(stoppedBy('acknowledge')).toEqual(['acknowledge', 'request_return']);
    expect(stoppedBy('contact')).toEqual(['contact']);
    expect(stoppedBy('handle')).toEqual([]);
    expect(stoppedBy('ruling')).toEqual(['reject_return']);
    expect(stoppedBy('approve')).toEqual(['send_back']);
    expect(stoppedBy('promise')).toEqual(['send_back', 'rework']);
  });

  test('an order that ends leaves no clock running but a promise', () => {
    for (const act of actNames.filter((one) => !isOpen(statusAfter(actRule(one).from[0]!, one)))) {
      const stops = (acts[act] as { stops?: readonly string[] }).stops ?? [];
      const may_run = ['acknowledge', 'contact', 'handle', 'ruling', 'approve', ...(act === 'approve' ? [] : ['promise'])];
      // Approval finds an order acknowledged and no return asked.
      const must = act === 'approve' ? ['contact', 'handle', 'approve'] : may_run;
      expect([act, must.filter((kind) => !stops.includes(kind))]).toEqual([act, []]);
    }
  });

  test('a submission halts the clocks of the work, sending back lets them run on, a return never touches it', () => {
    expect(acts.submit.pauses).toEqual(['handle', 'milestone']);
    expect(acts.send_back.resumes).toEqual(['handle', 'milestone']);
    expect(acts.resume.resumes).toEqual(acts.grant_suspension.pauses);
    expect({ ...acts.request_return }).not.toHaveProperty('pauses');
    expect(acts.submit.starts).toEqual(['approve']);
    expect(acts.request_return.starts).toEqual(['ruling']);
    expect(acts.rework.starts).toEqual(['handle']);
  });

  test('a list shows the clock of the next step', () => {
    expect(stepClock).toEqual({
      pending_ack: 'acknowledge',
      in_progress: 'handle',
      return_requested: 'ruling',
      submitted: 'approve',
    });
  });
});

describe('an appeal is finished', () => {
  const finished = (...found: Status[]) => isFinished(found.map((status) => ({ status })));
  test('when every order that is not recalled, returned, reassigned or escalated is accepted', () => {
    expect(finished('accepted')).toBe(true);
    expect(finished('accepted', 'accepted', 'recalled', 'returned', 'reassigned', 'escalated')).toBe(true);
  });
  test('never while one order is open', () => {
    for (const status of statuses.filter(isOpen)) expect([status, finished('accepted', status)]).toEqual([status, false]);
  });
  test('never without any work accepted', () => {
    expect(finished()).toBe(false);
    expect(finished('returned', 'recalled')).toBe(false);
  });
});

describe('a return', () => {
  const at = (iso: string) => new Date(iso);
  const order = { designated: false, created_at: at('2026-11-23T02:00:00Z'), due_at: at('2026-11-30T09:30:00Z') };
  const window = at('2026-11-25T09:30:00Z');
  test('may be asked until two working days have passed', () => {
    expect(mayStillReturn(order, window, window)).toBe('yes');
    expect(mayStillReturn(order, window, at('2026-11-25T09:30:00.001Z'))).toBe('too_late');
  });
  test('may be asked only within the first half of a short limit', () => {
    const short = { ...order, due_at: at('2026-11-23T04:00:00Z') };
    expect(mayStillReturn(short, window, at('2026-11-23T03:00:00Z'))).toBe('yes');
    expect(mayStillReturn(short, window, at('2026-11-23T03:00:01Z'))).toBe('too_late');
  });
  test('may never be asked by a designated unit', () => {
    expect(mayStillReturn({ ...order, designated: true }, window, order.created_at)).toBe('designated');
  });
});

test('who approves a submission, by the holder', () => {
  expect(approvers).toMatchObject({
    department: { at: 'own', posts: ['department_leader'] },
    town: { at: 'own', posts: ['town_leader'] },
    community: { at: 'above', posts: ['town_leader', 'town_clerk'] },
    grid: { at: 'above', posts: ['community_secretary', 'community_clerk', 'town_leader', 'town_clerk'] },
  });
  expect(approversOfLastResort).toEqual(['dispatch_officer']);
});

test('who works for the unit that holds an order', () => {
  expect(holderPosts).toEqual({
    city: [],
    town: ['town_clerk', 'town_leader'],
    community: ['community_clerk', 'community_secretary'],
    grid: ['linked_member'],
    department: ['department_clerk', 'department_leader'],
  });
});

test('a lead answers to the city, a part or co order to whoever made it', () => {
  expect(answersTo('lead', '/1/2/3/', 2)).toBe(1);
  expect(answersTo('part', '/1/2/3/', 2)).toBe(2);
  expect(answersTo('co', '/1/9/', 1)).toBe(1);
});

test('parts are known at any depth, deepest first', () => {
  const order = (id: number, parent_id: number | null, status: Status = 'in_progress') => ({ id, parent_id, status });
  const all = [order(1, null), order(2, 1), order(3, 2), order(4, 1, 'accepted'), order(5, null), order(6, 3)];
  expect(withParts(all, 1).map(({ id }) => id)).toEqual([6, 3, 2, 4, 1]);
  expect(openParts(all, 1).map(({ id }) => id)).toEqual([2]);
  expect(openParts(all, 5)).toEqual([]);
});
