import type { Channel } from '../../src/appeals/rules.ts';
import type { Status as OrderStatus } from '../../src/orders/rules.ts';
import { demoUnits } from '../../src/people/rules.ts';
import type { Case } from './engine/case.ts';
import type { Telling } from './stories/telling.ts';

/** An appeal that stands still on somebody's desk, so that every demo account finds work at any hour. */
export interface DeskCase {
  readonly minutes_ago: number;
  readonly category: string;
  readonly channel: Channel;
  readonly place: string;
  readonly fate: Telling['fate'];
  readonly until: (c: Case) => boolean;
}

export { demoUnits };

const { town, community, grid, department } = demoUnits;

const status = (wanted: Case['status']) => (c: Case) => c.status === wanted;
const orderAt = (unit: string, wanted: OrderStatus) => (c: Case) =>
  c.orders.at(-1)?.unit.code === unit && c.orders.at(-1)!.status === wanted;
const day = 1440;

const desk = (
  until: DeskCase['until'],
  fate: Telling['fate'],
  channel: Channel,
  places: readonly string[],
  rows: readonly (readonly [minutes_ago: number, category: string])[],
): DeskCase[] =>
  rows.map(([minutes_ago, category], i) => ({ minutes_ago, category, channel, place: places[i % places.length]!, fate, until }));

const around = [community, '370685001001', '370685003001', '370685004002', '370685101'];
const plain = { intake: 'dispatched', turn: 'plain' } as const;

export const deskCases: readonly DeskCase[] = [
  ...desk(status('pending_review'), {}, 'hotline', around, [
    [2, '0101'],
    [5, '0301'],
    [8, '0207'],
    [13, '1201'],
    [17, '0502'],
    [22, '0801'],
    [31, '1003'],
    [44, '0401'],
  ]),
  ...desk(status('awaiting_details'), { intake: 'details' }, 'hotline', around, [
    [260, '0702'],
    [1500, '1001'],
    [2900, '0304'],
  ]),
  ...desk(status('pending_dispatch'), plain, 'hotline', around, [
    [33, '0201'],
    [38, '0404'],
    [45, '0506'],
    [52, '0108'],
    [58, '0601'],
    [66, '0904'],
    [75, '1206'],
  ]),
  ...desk((c) => c.orders.at(-1)?.status === 'return_requested', { intake: 'dispatched', turn: 'kept' }, 'hotline', around, [
    [1.2 * day, '0404'],
    [2.1 * day, '0306'],
    [1.6 * day, '0209'],
  ]),
  ...desk(
    (c) => c.status === 'pending_callback' && c.dissatisfied_rounds === 2,
    { ...plain, ending: 'unhappy twice' },
    'hotline',
    around,
    [
      [26 * day, '0304'],
      [33 * day, '0301'],
    ],
  ),
  ...desk((c) => c.terminations.length > 0, { intake: 'dispatched', turn: 'terminated' }, 'hotline', around, [
    [6 * day, '0302'],
    [8 * day, '1003'],
  ]),

  ...desk(
    orderAt(grid, 'pending_ack'),
    {},
    'qr_code',
    [grid],
    [
      [14, '0101'],
      [70, '0208'],
      [150, '0602'],
    ],
  ),
  ...desk(
    orderAt(grid, 'in_progress'),
    {},
    'qr_code',
    [grid],
    [
      [0.4 * day, '0107'],
      [2.3 * day, '0703'],
      [4.2 * day, '0301'],
      [11 * day, '0506'],
    ],
  ),
  ...desk(
    orderAt(grid, 'submitted'),
    { turn: 'plain' },
    'qr_code',
    [grid],
    [
      [2.2 * day, '0705'],
      [3.1 * day, '1206'],
    ],
  ),

  ...desk(
    orderAt(community, 'pending_ack'),
    { turn: 'escalated' },
    'qr_code',
    [community],
    [
      [3.4 * day, '0301'],
      [4.4 * day, '0206'],
      [5.4 * day, '0402'],
    ],
  ),
  ...desk(
    orderAt(community, 'in_progress'),
    { turn: 'escalated' },
    'qr_code',
    [community],
    [
      [5 * day, '0306'],
      [8 * day, '0702'],
      [14 * day, '0305'],
    ],
  ),
  ...desk(
    (c) => c.orders.at(-1)?.unit.parent_id !== null && c.orders.at(-1)?.status === 'submitted',
    { turn: 'plain' },
    'qr_code',
    [`${community}02`, `${community}03`, `${community}04`],
    [
      [2.4 * day, '0101'],
      [3.3 * day, '0107'],
      [4.1 * day, '0703'],
    ],
  ),
  ...desk(
    orderAt(community, 'submitted'),
    { turn: 'plain' },
    'walk_in',
    [community],
    [
      [3.2 * day, '1206'],
      [4.8 * day, '0805'],
    ],
  ),

  ...desk(
    orderAt(town, 'pending_ack'),
    plain,
    'hotline',
    [town, community],
    [
      [80, '1206'],
      [200, '1206'],
    ],
  ),
  ...desk(
    orderAt(town, 'in_progress'),
    plain,
    'hotline',
    [town, community],
    [
      [1.5 * day, '1206'],
      [4 * day, '1206'],
      [10 * day, '1206'],
    ],
  ),
  ...desk(
    orderAt(town, 'submitted'),
    plain,
    'hotline',
    [town, community],
    [
      [4.3 * day, '1206'],
      [5.2 * day, '1206'],
    ],
  ),

  ...desk(orderAt(department, 'pending_ack'), plain, 'hotline', around.slice(0, 4), [
    [45, '0206'],
    [90, '0208'],
    [180, '0404'],
  ]),
  ...desk(orderAt(department, 'in_progress'), plain, 'hotline', around.slice(0, 4), [
    [0.5 * day, '0206'],
    [2 * day, '0404'],
    [3.5 * day, '0208'],
    [9 * day, '0404'],
    [13 * day, '0208'],
  ]),
  ...desk(orderAt(department, 'submitted'), plain, 'hotline', around.slice(0, 4), [
    [1.2 * day, '0206'],
    [4.2 * day, '0208'],
    [5.1 * day, '0404'],
  ]),
  ...desk(
    (c) => c.round === 2 && c.orders[0]!.status === 'in_progress',
    { ...plain, ending: 'unhappy once' },
    'hotline',
    around.slice(0, 4),
    [
      [12 * day, '0208'],
      [15 * day, '0404'],
    ],
  ),
];
