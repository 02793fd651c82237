import { addDays, dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound, wrongFields } from '../../core/errors.ts';
import { insertMessage, insertNotices } from '../../messages/store.ts';
import type { Actor } from '../../people/rules.ts';
import { ruleOf } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { isValidOn } from '../../units/rules.ts';
import { findUnit, getCity } from '../../units/store.ts';
import { areaKinds, changedCandidates, chooseUnits, givesWay, leadOf, type RuleChange, receiverKinds } from '../rules/chooser.ts';
import {
  changeSet,
  countDispatched,
  type Dispatched,
  endRule,
  findDraft,
  holdCatalogue,
  holdDraft,
  holdSet,
  insertRule,
  insertRuleChange,
  listRuleChanges,
  listStandingRules,
  type RuleSetRow,
  removeRuleChange,
} from '../store/rule_sets.ts';
import { findCategory, listCandidates } from '../store.ts';
import { mustMay } from './keeping.ts';

export interface ChangeInput extends RuleChange {
  readonly note: string;
  readonly reason: string;
  readonly return_id: number | null;
}

const said = ({ kind, category_code, area_id, unit_id, role, note, reason }: ChangeInput) => {
  return { change: kind, category_code, area_id, unit_id, role, note, reason };
};

/** Puts a change into the draft of whoever proposes it, begun where he has none. Returns the draft's number. */
export async function addChange(db: Db, doing: Changing, input: ChangeInput): Promise<number> {
  mustMay(doing, 'catalog.propose');
  const { author, now } = doing;
  return db.transaction(async (trx) => {
    const set = await holdDraft(trx, author.person_id, author.post, now);
    await mustFit(trx, input, dayOf(now));
    const others = await listRuleChanges(trx, set.id);
    const same = (one: RuleChange) => one.category_code === input.category_code && one.area_id === input.area_id;
    const leads = (one: RuleChange) => one.kind === 'make' && one.role === 'lead';
    if (others.some((one) => same(one) && (one.unit_id === input.unit_id || (leads(one) && leads(input)))))
      throw wrongFields({ unit_id: 'in_draft' });
    await insertRuleChange(trx, { ...input, set_id: set.id, added_at: now });
    await recordChange(trx, doing, 'rule_set.add', `rule_set:${set.id}`, null, said(input));
    return set.id;
  });
}

async function mustFit(trx: Db, input: ChangeInput, today: string): Promise<void> {
  const standing = (await listStandingRules(trx, [input.category_code], today)).find(
    (rule) => rule.area_id === input.area_id && rule.unit_id === input.unit_id && rule.role === input.role,
  );
  if (input.kind === 'end') {
    if (!standing) throw notFound();
    return;
  }
  const category = await findCategory(trx, input.category_code);
  if (category?.code.length !== 4 || !isValidOn(category, today)) throw wrongFields({ category_code: 'not_an_option' });
  const area = await findUnit(trx, input.area_id);
  if (!area || !areaKinds.includes(area.kind) || !isValidOn(area, today)) throw wrongFields({ area_id: 'not_found' });
  const unit = await findUnit(trx, input.unit_id);
  if (!unit || !receiverKinds.includes(unit.kind) || !isValidOn(unit, today)) throw wrongFields({ unit_id: 'not_found' });
  if (standing?.note === input.note) throw wrongFields({ unit_id: 'rule_exists' });
}

/** Takes a change out of one's own draft. */
export async function removeChange(db: Db, doing: Changing, id: number, change_id: number): Promise<void> {
  mustMay(doing, 'catalog.propose');
  await db.transaction(async (trx) => {
    await holdOwn(trx, doing, id, 'draft');
    const gone = await removeRuleChange(trx, id, change_id);
    if (!gone) throw notFound();
    await recordChange(trx, doing, 'rule_set.remove', `rule_set:${id}`, said(gone), null);
  });
}

/** Hands one's draft to a second person, who is told: from now on its changes stand as they are. */
export async function offerSet(
  db: Db,
  doing: Changing,
  id: number,
  input: { readonly reason: string; readonly valid_from: string },
): Promise<void> {
  mustMay(doing, 'catalog.propose');
  if (input.valid_from < dayOf(doing.now)) throw wrongFields({ valid_from: 'in_the_past' });
  await db.transaction(async (trx) => {
    await holdOwn(trx, doing, id, 'draft');
    if ((await listRuleChanges(trx, id)).length === 0) throw conflict('set_empty');
    const { author, now } = doing;
    await changeSet(trx, id, { ...input, offered_at: now });
    const told = {
      event: 'rule_set_offered',
      unit_id: (await getCity(trx)).id,
      posts: ruleOf('catalog.activate').posts,
    } as const;
    await insertNotices(
      trx,
      null,
      [{ ...told, work_order_id: null, params: { rule_set: id } }],
      author.person_id,
      now,
      dayOf(now),
    );
    await recordChange(trx, doing, 'rule_set.offer', `rule_set:${id}`, null, input);
  });
}

/** Takes one's offer back, to be a draft again. */
export async function takeBackSet(db: Db, doing: Changing, id: number): Promise<void> {
  mustMay(doing, 'catalog.propose');
  await db.transaction(async (trx) => {
    const { reason, valid_from } = await holdOwn(trx, doing, id, 'offered');
    const draft = await findDraft(trx, doing.author.person_id);
    if (draft && (await listRuleChanges(trx, draft.id)).length > 0) throw conflict('draft_open');
    // An emptied draft makes room.
    if (draft) await drop(trx, doing, draft.id);
    await changeSet(trx, id, { offered_at: null });
    await recordChange(trx, doing, 'rule_set.take_back', `rule_set:${id}`, { reason, valid_from }, null);
  });
}

/** Gives one's own proposal up; it stays in the history. */
export async function dropSet(db: Db, doing: Changing, id: number): Promise<void> {
  mustMay(doing, 'catalog.propose');
  await db.transaction(async (trx) => {
    await holdOwn(trx, doing, id, null);
    await drop(trx, doing, id);
    await recordChange(trx, doing, 'rule_set.drop', `rule_set:${id}`, null, { status: 'dropped' });
  });
}
const drop = (trx: Db, { author, now }: Changing, id: number) =>
  changeSet(trx, id, { decision: 'dropped', decided_by: author.person_id, decided_post: author.post, decided_at: now });

/** A second person says no, and why. */
export async function rejectSet(db: Db, doing: Changing, id: number, ruling: string): Promise<void> {
  await db.transaction(async (trx) => {
    await decide(trx, doing, id, 'rejected', ruling);
    await recordChange(trx, doing, 'rule_set.reject', `rule_set:${id}`, null, { ruling });
  });
}

/** A second person puts the changes in force from their day: new rules begin with it, what they replace ends the day before. Nothing is deleted. */
export async function activateSet(db: Db, doing: Changing, id: number): Promise<void> {
  await db.transaction(async (trx) => {
    const set = await decide(trx, doing, id, 'activated', '');
    const valid_from = set.valid_from!;
    if (valid_from < dayOf(doing.now)) throw conflict('set_too_late');
    await recordChange(trx, doing, 'rule_set.activate', `rule_set:${id}`, null, { valid_from });
    await holdCatalogue(trx);
    const changes = await listRuleChanges(trx, id);
    const standing = await listStandingRules(trx, [...new Set(changes.map(({ category_code }) => category_code))], valid_from);
    const last = addDays(valid_from, -1);
    for (const rule of standing.filter((one) => changes.some((change) => givesWay(one, change, valid_from)))) {
      await endRule(trx, rule.id, last, id);
      await recordChange(trx, doing, 'rule.end', `rule:${rule.id}`, { valid_to: rule.valid_to }, { valid_to: last });
    }
    for (const { category_code, area_id, unit_id, role, note } of changes.filter(({ kind }) => kind === 'make')) {
      const rule = { category_code, area_id, unit_id, role, note, valid_from };
      const rule_id = await insertRule(trx, { ...rule, set_id: id });
      await recordChange(trx, doing, 'rule.create', `rule:${rule_id}`, null, rule);
    }
  });
}

/** Who made a set is one person in whatever post he acts. */
export const isOwnSet = (set: Pick<RuleSetRow, 'made_by'>, author: Actor): boolean => set.made_by === author.person_id;

async function decide(
  trx: Db,
  doing: Changing,
  id: number,
  decision: 'activated' | 'rejected',
  ruling: string,
): Promise<RuleSetRow> {
  mustMay(doing, 'catalog.activate');
  const { author, now } = doing;
  const set = await holdSet(trx, id);
  if (!set) throw notFound();
  if (set.decision !== null || set.offered_at === null) throw conflict();
  if (isOwnSet(set, author)) throw forbidden('own_set');
  await changeSet(trx, id, { decision, ruling, decided_by: author.person_id, decided_post: author.post, decided_at: now });
  const told = { person_id: set.made_by, event: `rule_set_${decision}`, params: { rule_set: id } } as const;
  await insertMessage(trx, { ...told, created_at: now });
  return set;
}

async function holdOwn(trx: Db, { author }: Changing, id: number, where: 'draft' | 'offered' | null): Promise<RuleSetRow> {
  const set = await holdSet(trx, id);
  if (!set) throw notFound();
  if (!isOwnSet(set, author)) throw forbidden('not_own_set');
  if (set.decision !== null || (where !== null && (where === 'draft') !== (set.offered_at === null))) throw conflict();
  return set;
}

/** From whom to whom how many appeals of a period would have gone, by the chooser that suggests at the desk. */
export interface Way {
  readonly from: number | null;
  readonly to: number | null;
  readonly appeals: number;
  /** Where they came from. */
  readonly pairs: readonly Pick<Dispatched, 'category_code' | 'place_unit_id'>[];
}
export interface Simulation {
  /** Of the categories that the changes are about. */
  readonly appeals: number;
  readonly moved: number;
  readonly ways: readonly Way[];
}

/**
 * Who would lead with these changes and who without, for every appeal that the city dispatched in the period: the rules are those of the
 * day on which the changes begin.
 */
export async function simulate(db: Db, set_id: number, day: string, from: Date, to: Date): Promise<Simulation> {
  const changes = await listRuleChanges(db, set_id);
  const codes = [...new Set(changes.map(({ category_code }) => category_code))];
  const [before, dispatched] = await Promise.all([listCandidates(db, codes, null), countDispatched(db, codes, from, to)]);
  const after = changedCandidates(before, changes, day);
  const of = (code: string) => (one: { category_code: string | null }) =>
    one.category_code === code || one.category_code === null;
  const byCode = new Map(codes.map((code) => [code, { before: before.filter(of(code)), after: after.filter(of(code)) }]));
  const ways = new Map<string, Way & { appeals: number; pairs: Dispatched[] }>();
  for (const one of dispatched) {
    const known = byCode.get(one.category_code)!;
    const [was, is] = [leadOf(chooseUnits(known.before, one.path, day)), leadOf(chooseUnits(known.after, one.path, day))];
    if (was === is) continue;
    const key = `${was} ${is}`;
    const way = ways.get(key) ?? { from: was, to: is, appeals: 0, pairs: [] };
    way.appeals += one.appeals;
    way.pairs.push(one);
    ways.set(key, way);
  }
  const all = [...ways.values()].sort((a, b) => b.appeals - a.appeals || (a.from ?? 0) - (b.from ?? 0));
  const sum = (rows: readonly { appeals: number }[]) => rows.reduce((total, { appeals }) => total + appeals, 0);
  return { appeals: sum(dispatched), moved: sum(all), ways: all };
}
