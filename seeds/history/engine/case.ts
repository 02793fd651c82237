/** What one appeal of the history is while it is told: the product's rows, held in memory. */
import type {
  CallbackOutcome,
  Channel,
  DeclineReason,
  EmergencyLine,
  Kind,
  Level,
  Outcome,
  Status,
} from '../../../src/appeals/rules.ts';
import type { Priority, Rulebook } from '../../../src/catalog/rules.ts';
import type { Clock, NewClock } from '../../../src/clocks/rules.ts';
import type { Status as OrderStatus, Role } from '../../../src/orders/rules.ts';
import type { TrailEntry, TrailPost } from '../../../src/trail/rules.ts';
import type { Building, Unit } from '../../directory.ts';

export interface Who {
  readonly person_id: number | null;
  readonly post: TrailPost;
  readonly unit_id: number | null;
}
export const system: Who = { person_id: null, post: 'system', unit_id: null };
export const appellant: Who = { person_id: null, post: 'appellant', unit_id: null };

export interface RunClock extends NewClock {
  due_at: Date;
  provisional: boolean;
  calendar_version: number;
  order: Order | null;
  paused_at: Date | null;
  paused_spans: Clock['paused_spans'];
  stopped_at: Date | null;
  named?: boolean;
}

/** An extension or suspension, from its request on. */
export interface Asked {
  readonly of: 'extension' | 'suspension';
  readonly order: Order;
  readonly round: number;
  readonly reason: string;
  readonly on: string;
  readonly requested_by: number;
  readonly requested_at: Date;
  decision: 'granted' | 'denied' | 'void' | null;
  ruling: string | null;
  decided_by: number | null;
  decided_at: Date | null;
  due_before: Date;
  due_after: Date | null;
  appeal_due_at: Date | null;
  resumed_at: Date | null;
}

export interface Order {
  readonly id: number;
  readonly parent: Order | null;
  readonly role: Role;
  readonly unit: Unit;
  status: OrderStatus;
  round: number;
  readonly priority: Priority;
  readonly instruction: string;
  readonly made_by: number | null;
  /** Where it came from: the desk, the unit that passed it on, or the unit itself where the appeal landed there. */
  readonly made_by_unit: Unit;
  /** The column: to whom the order answers. */
  readonly made_by_unit_id: number;
  readonly assignee_id: number | null;
  designated: boolean;
  outcome: Outcome | null;
  result: string | null;
  promised_on: string | null;
  readonly created_at: Date;
  acknowledged_at: Date | null;
  contacted_at: Date | null;
  first_submitted_at: Date | null;
  submitted_at: Date | null;
  submitted_by: number | null;
  approved_by: number | null;
  ended_at: Date | null;
  due_at: Date;
  step_due_at: Date | null;
}

/** The columns of an appeal that acts change. */
export interface Fields {
  round: number;
  kind: Kind;
  priority: Priority;
  category_code: string;
  accepted_at: Date | null;
  dispatched_at: Date | null;
  finished_at: Date | null;
  closed_at: Date | null;
  archived_at: Date | null;
  due_at: Date | null;
  step_due_at: Date | null;
  lead_unit_id: number | null;
  answer: string | null;
  emergency_line: EmergencyLine | null;
  decline_reason: DeclineReason | null;
  merged_into_id: number | null;
  level: Level | null;
  dissatisfied_rounds: number;
  countersigned_by: number | null;
}

export interface Caller {
  readonly serial: number;
  readonly name: string;
  readonly phone: string;
}

/** What arrived; fixed from the first moment. */
export interface Given {
  readonly id: number;
  readonly number: string;
  readonly channel: Channel;
  readonly kind: Kind;
  readonly priority: Priority;
  readonly category_code: string;
  readonly title: string;
  readonly content: string;
  readonly place: Unit;
  readonly building: Building | null;
  readonly address: string;
  readonly caller: Caller | null;
  readonly confidential: boolean;
  readonly contact_wanted: boolean;
  readonly about: Unit | null;
  readonly repeat_of_id: number | null;
  readonly received_at: Date;
}

export interface Case extends Given, Fields {
  kind: Kind;
  priority: Priority;
  category_code: string;
  status: Status;
  registered_by: number | null;
  registered_unit_id: number;
  readonly book: Rulebook;
  readonly orders: Order[];
  readonly clocks: RunClock[];
  readonly entries: TrailEntry[];
  readonly followers: Case[];
  readonly callbacks: { round: number; called_by: number; called_at: Date; outcome: CallbackOutcome; note: string }[];
  readonly evaluations: {
    round: number;
    source: 'callback' | 'page';
    level: Level;
    contacted: boolean | null;
    solved: boolean | null;
    remark: string;
    recorded_by: number | null;
    evaluated_at: Date;
  }[];
  readonly returns: {
    order: Order;
    reason: string;
    category_code: string;
    suggested_unit_id: number | null;
    requested_by: number;
    requested_at: Date;
    decision: 'upheld' | 'rejected' | null;
    ruling: string | null;
    ruled_by: number | null;
    ruled_at: Date | null;
  }[];
  readonly terminations: {
    order: Order;
    ground: DeclineReason;
    request: string;
    requested_by: number;
    requested_at: Date;
    proposed_by: number | null;
    proposed_at: Date | null;
    confirmed_by: number | null;
    confirmed_at: Date | null;
    rejected_at: Date | null;
  }[];
  readonly asked: Asked[];
  readonly supervisions: { order: Order; issued_at: Date }[];
  tracked_at: Date | null;
}

export function note(
  c: Case,
  now: Date,
  who: Who,
  entry: Pick<TrailEntry, 'act' | 'from_status' | 'to_status' | 'work_order_id' | 'input'>,
): void {
  const { act, from_status, to_status, work_order_id, input } = entry;
  const { person_id, post, unit_id } = who;
  c.entries.push({ act, from_status, to_status, work_order_id, person_id, post, unit_id, happened_at: now, input });
}
