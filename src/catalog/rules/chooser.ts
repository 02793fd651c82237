/** Who should lead and who should help: the desk, the explaining box and the simulator all ask this. */
import { isValidOn, type UnitKind } from '../../units/rules.ts';

/** Areas that a rule of the dispatch catalogue may speak of, and units it may name: the first are places, the second receive the city's orders. */
export const areaKinds: readonly UnitKind[] = ['city', 'town', 'community', 'grid'];
export const receiverKinds: readonly UnitKind[] = ['town', 'department'];

export type RuleRole = 'lead' | 'co';
/** What a rule of the dispatch catalogue says. */
export interface RuleSaid {
  readonly category_code: string;
  readonly area_id: number;
  readonly unit_id: number;
  readonly role: RuleRole;
}
export interface RuleSpan {
  readonly valid_from: string;
  readonly valid_to: string | null;
}

/** A reason why a unit might be chosen, wherever the place is. */
export interface Candidate {
  /** Null: whatever the category is. */
  readonly category_code: string | null;
  readonly unit_id: number;
  readonly role: RuleRole;
  /** Why: a rule of the catalogue (narrower areas first), the category's own lead, who led most of the kind, or the town of the place. */
  readonly why: 'catalogue' | 'category' | 'history' | 'area';
  readonly rule_id: number | null;
  readonly area_id: number | null;
  readonly area_path: string | null;
  readonly valid_from: string;
  readonly valid_to: string | null;
  /** How many of the last thousand of the category it led. */
  readonly led: number;
  readonly unit: UnitFacts;
}
export interface UnitFacts {
  readonly name_zh: string;
  readonly name_en: string;
  readonly kind: UnitKind;
  readonly path: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
}

export interface UnitSuggestion {
  readonly unit_id: number;
  readonly name_zh: string;
  readonly name_en: string;
  readonly kind: UnitKind;
  readonly role: RuleRole;
  readonly why: Candidate['why'];
  readonly rule_id: number | null;
  readonly share: number | null;
}

const rank: Record<Candidate['why'], number> = { catalogue: 1, category: 2, history: 3, area: 4 };
const most_by_history = 3;
const most_suggested = 6;

/** The units for a place, best first, each once, from the candidates of its category. */
export function chooseUnits(candidates: readonly Candidate[], place_path: string, day: string): UnitSuggestion[] {
  const within = (path: string | null) => path !== null && place_path.startsWith(path);
  const before = candidates
    .filter(({ why, unit }) => why === 'history' && (unit.kind === 'department' || within(unit.path)))
    .toSorted((a, b) => b.led - a.led || a.unit_id - b.unit_id);
  const led = before.reduce((sum, one) => sum + one.led, 0);
  const shares = new Map(before.slice(0, most_by_history).map((one) => [one.unit_id, Math.round((100 * one.led) / led)]));
  const fits = (one: Candidate): boolean =>
    one.why === 'catalogue'
      ? within(one.area_path) && isValidOn(one, day)
      : one.why === 'area'
        ? within(one.unit.path)
        : one.why === 'category' || shares.has(one.unit_id);
  const nearness = (one: Candidate): number =>
    one.why === 'catalogue' ? -one.area_path!.length : one.why === 'history' ? -one.led : 0;
  const best = new Map<number, Candidate>();
  const ordered = candidates
    .filter(fits)
    .toSorted(
      (a, b) =>
        rank[a.why] - rank[b.why] ||
        nearness(a) - nearness(b) ||
        Number(a.role === 'co') - Number(b.role === 'co') ||
        a.unit_id - b.unit_id,
    );
  for (const one of ordered) if (!best.has(one.unit_id)) best.set(one.unit_id, one);
  return [...best.values()]
    .filter(({ unit }) => unit.valid_to === null || unit.valid_to >= day)
    .slice(0, most_suggested)
    .map(({ unit_id, unit: { name_zh, name_en, kind }, role, why, rule_id }) => {
      return { unit_id, name_zh, name_en, kind, role, why, rule_id, share: shares.get(unit_id) ?? null };
    });
}

/** The unit that the desk would have chosen already. */
export const leadOf = (suggested: readonly UnitSuggestion[]): number | null =>
  suggested.find(({ role }) => role === 'lead')?.unit_id ?? null;

/** One change of the catalogue: a rule that is to hold, or one that is to end. */
export interface RuleChange extends RuleSaid {
  readonly kind: 'make' | 'end';
}

/**
 * Whether a rule gives way to a change from a day on. A new rule takes the place of what its unit did in that area, and a new lead also
 * of the lead before it; what holds for wider and narrower areas stays.
 */
export function givesWay(rule: RuleSaid & RuleSpan, change: RuleChange, day: string): boolean {
  if (rule.category_code !== change.category_code || rule.area_id !== change.area_id) return false;
  if (rule.valid_to !== null && rule.valid_to < day) return false;
  if (change.kind === 'end') return rule.unit_id === change.unit_id && rule.role === change.role;
  return rule.unit_id === change.unit_id || (rule.role === 'lead' && change.role === 'lead');
}

/** The candidates as they would stand from a day on, were these changes in force. */
export function changedCandidates(
  candidates: readonly Candidate[],
  changes: readonly (RuleChange & { readonly area_path: string; readonly unit: UnitFacts })[],
  day: string,
): Candidate[] {
  const stays = ({ why, category_code, area_id, unit_id, role, valid_from, valid_to }: Candidate) =>
    why !== 'catalogue' ||
    !changes.some((change) =>
      givesWay({ category_code: category_code!, area_id: area_id!, unit_id, role, valid_from, valid_to }, change, day),
    );
  const made = changes
    .filter(({ kind }) => kind === 'make')
    .map(({ category_code, area_id, area_path, unit_id, role, unit }): Candidate => {
      const rule = { category_code, area_id, area_path, unit_id, role, unit };
      return { ...rule, why: 'catalogue', rule_id: null, valid_from: day, valid_to: null, led: 0 };
    });
  return [...candidates.filter(stays), ...made];
}
