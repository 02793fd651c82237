import type { Request, Response, Router } from 'express';
import { addDays, dayOf, startOfDay } from '../../core/clock.ts';
import { notFound, wrongFields } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { may, type Permission } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import { pickUnit } from '../../units/store/places.ts';
import { getCity } from '../../units/store.ts';
import type { Option, Shared, ToldRuleSet, Views } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import {
  activateSet,
  addChange,
  dropSet,
  isOwnSet,
  offerSet,
  rejectSet,
  removeChange,
  type Simulation,
  simulate,
  takeBackSet,
} from '../actions/rule_sets.ts';
import { rulebook } from '../actions.ts';
import { endRuleForm, newRuleForm, offerForm, rejectForm, ruleTabs, simulationFilter } from '../forms.ts';
import { areaKinds, givesWay, receiverKinds } from '../rules/chooser.ts';
import type { Rulebook } from '../rules.ts';
import { findRule } from '../store/keeping.ts';
import {
  countOffered,
  findRuledReturn,
  findSet,
  listDecidedSets,
  listDispatched,
  listEndedBy,
  listOpenSets,
  listRuleChanges,
  listStandingRules,
  type ToldSet,
} from '../store/rule_sets.ts';
import { listCategoryGroups } from './categories.ts';

const page_rows = 50;
const simulated_rows = 20;
const months_offered = 13;
const toneOf = { draft: 'done', offered: 'warn', activated: 'go', rejected: 'late', dropped: 'done' } as const;
const stateOf = ({ decision, offered_at }: ToldSet) => decision ?? (offered_at === null ? 'draft' : 'offered');

/** What a proposal begins with: a rule that is to change, or the ruling on a return. */
interface Origin {
  readonly rule: number | null;
  readonly ruled: number | null;
}
type Done = 'offered' | 'rejected' | 'removed' | 'taken_back' | 'dropped' | 'activated';
interface Failed {
  readonly offer?: FormState;
  readonly reject?: FormState;
}

/** The dispatch catalogue is changed by two people: what one proposes is simulated, then activated or rejected by another. */
export function ruleSets({ db, clock }: World): Router {
  const door = makeDoor('');
  const today = (res: Response) => dayOf(res.locals.now ?? clock());
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });
  const originOf = ({ query }: Request): Origin => ({
    rule: typeof query['rule'] === 'string' ? idOf(query['rule']) : null,
    ruled: typeof query['return'] === 'string' ? idOf(query['return']) : null,
  });

  door.get('/dispatch-rules/new', 'catalog.propose', async (req, res) => {
    const category_code = typeof req.query['category_code'] === 'string' ? req.query['category_code'] : '';
    const origin = originOf(req);
    const begun = await beginning(res, origin);
    await showNew(res, origin, blankForm(category_code === '' ? begun : { ...begun, category_code }));
  });

  door.post('/dispatch-rules/new', 'catalog.propose', async (req, res) => {
    const { lang } = sharedOf(res);
    const choices: { area_id?: readonly Option[]; unit_id?: readonly Option[] } = {};
    const origin = originOf(req);
    let set = 0;
    const back = await submit(req, res, newRuleForm, async ({ area_id, area_id_text, unit_id, unit_id_text, note, ...value }) => {
      const pick = async (name: 'area_id' | 'unit_id', id: number | null, text: string | null, kinds: typeof areaKinds) => {
        const picked = await pickUnit(db, { id, text }, { kinds }, today(res), lang);
        if ('unit' in picked && picked.unit) return picked.unit.id;
        const found = 'choices' in picked ? picked.choices : [];
        if (found.length > 0) choices[name] = found;
        throw wrongFields({ [name]: text === null ? 'required' : found.length > 0 ? 'not_an_option' : 'not_found' });
      };
      const area = await pick('area_id', area_id, area_id_text, areaKinds);
      const unit = await pick('unit_id', unit_id, unit_id_text, receiverKinds);
      const return_id = origin.ruled === null ? null : ((await findRuledReturn(db, origin.ruled))?.id ?? null);
      set = await addChange(db, doing(res), {
        ...value,
        kind: 'make',
        note: note ?? '',
        area_id: area,
        unit_id: unit,
        return_id,
      });
    });
    if (back) return showNew(res, origin, back.form, choices);
    flash(req, 'catalog.rule_proposed');
    res.redirect(303, `/dispatch-rules/changes/${set}`);
  });

  /** Proposes the end of a rule, from the form in which it would be changed. */
  door.post('/dispatch-rules/:id/end', 'catalog.propose', async (req, res) => {
    const rule = await findRule(db, idOf(req.params['id']));
    if (!rule) throw notFound();
    let set = 0;
    const back = await submit(req, res, endRuleForm, async ({ reason }) => {
      const { category_code, area_id, unit_id, role, note } = rule;
      const said = { category_code, area_id, unit_id, role, note };
      set = await addChange(db, doing(res), { ...said, kind: 'end', reason, return_id: null });
    });
    if (back) {
      const origin = { rule: rule.id, ruled: null };
      const { typed } = blankForm(await beginning(res, origin));
      return showNew(res, origin, { ...back.form, typed: { ...typed, ...back.form.typed } });
    }
    flash(req, 'catalog.rule_proposed');
    res.redirect(303, `/dispatch-rules/changes/${set}`);
  });

  /** What the form starts from: a rule that is to change, a ruling on a return, or the whole city. */
  async function beginning(res: Response, origin: Origin): Promise<Record<string, string | number | null>> {
    const { lang } = sharedOf(res);
    if (origin.rule !== null) {
      const rule = await findRule(db, origin.rule);
      if (!rule) throw notFound();
      const { category_code, area_id, unit_id, role, note } = rule;
      const [area, unit] = lang === 'zh' ? [rule.area_zh, rule.unit_zh] : [rule.area_en, rule.unit_en];
      return { category_code, area_id, area_id_text: area, unit_id, unit_id_text: unit, role, note };
    }
    const [city, { units }] = [await getCity(db), await rulebook(db)];
    const whole = { area_id: city.id, area_id_text: unitName(city, lang), role: 'lead' };
    if (origin.ruled === null) return whole;
    const ruled = await findRuledReturn(db, origin.ruled);
    if (!ruled) throw notFound();
    const unit = units.get((ruled.decision === 'upheld' ? ruled.suggested_unit_id : ruled.unit_id) ?? 0);
    const named = unit ? { unit_id: unit.id, unit_id_text: unitName(unit, lang) } : {};
    return { ...whole, ...named, category_code: ruled.category_code, reason: ruled.ruling };
  }

  async function showNew(
    res: Response,
    { rule, ruled }: Origin,
    form: FormState,
    choices: { area_id?: readonly Option[]; unit_id?: readonly Option[] } = {},
  ): Promise<void> {
    const { t, lang } = sharedOf(res);
    const w = t.catalog;
    const chosen = (name: string): Option[] => {
      const [value, label] = [form.typed[name], form.typed[`${name}_text`]];
      return typeof value === 'string' && value !== '' && typeof label === 'string' ? [{ value, label }] : [];
    };
    const title = rule === null ? w.new_rule : w.change_rule;
    show(
      res,
      'units/edit',
      { title, nav: 'rules', crumbs: [{ href: '/dispatch-rules', label: w.rules }] },
      {
        title,
        form,
        stale: false,
        action: hrefOf('/dispatch-rules/new', { rule, return: ruled }),
        back: '/dispatch-rules',
        intro: w.propose_rule_note,
        save_label: w.propose_rule,
        other: rule === null ? undefined : { action: `/dispatch-rules/${rule}/end`, label: w.end_rule },
        rows: [
          [
            {
              name: 'category_code',
              label: w.category,
              kind: 'select',
              groups: await listCategoryGroups(db, today(res), lang),
              required: true,
            },
          ],
          [
            {
              kind: 'combobox',
              name: 'area_id',
              label: w.area,
              hint: w.area_hint,
              required: true,
              url: `/units.json?kind=${areaKinds.join(',')}`,
              chosen: chosen('area_id'),
              choices: choices.area_id,
            },
            {
              kind: 'combobox',
              name: 'unit_id',
              label: w.unit,
              hint: w.unit_hint,
              required: true,
              url: `/units.json?kind=${receiverKinds.join(',')}`,
              chosen: chosen('unit_id'),
              choices: choices.unit_id,
            },
          ],
          [
            {
              name: 'role',
              label: w.role,
              kind: 'radios',
              inline: true,
              required: true,
              options: (['lead', 'co'] as const).map((value) => ({ value, label: t.domain.roles[value] })),
            },
          ],
          [{ name: 'note', label: w.note }],
          [{ name: 'reason', label: w.why_change, kind: 'textarea', rows: 3, required: true }],
        ],
      },
    );
  }

  door.get('/dispatch-rules/changes', 'catalog.read', async (req, res) => {
    const shared = sharedOf(res);
    const { value: filter } = readFilter(req.query, simulationFilter);
    const inside = seesDrafts(res);
    const [open, decided] = await Promise.all([listOpenSets(db), listDecidedSets(db, filter.before, page_rows + 1)]);
    const tell = (rows: readonly ToldSet[]) =>
      rows.filter((set) => inside || set.offered_at !== null).map((set) => tellSet(set, shared));
    show(
      res,
      'catalog/rule_sets',
      { title: shared.t.catalog.sets.title, nav: 'rules', crumbs: [{ href: '/dispatch-rules', label: shared.t.catalog.rules }] },
      {
        tabs: ruleTabs(shared.t, 'changes', await countOffered(db, actorOf(res))),
        open: tell(open),
        decided: tell(decided.slice(0, page_rows)),
        may_propose: may(actorOf(res), 'catalog.propose'),
        older: decided.length > page_rows ? hrefOf('/dispatch-rules/changes', { before: decided[page_rows - 1]!.id }) : undefined,
      },
    );
  });

  door.get('/dispatch-rules/changes/:id', 'catalog.read', async (req, res) => {
    await showSet(req, res, await getSet(req, res));
  });

  door.post('/dispatch-rules/changes/:id/offer', 'catalog.propose', async (req, res) => {
    const set = await getSet(req, res);
    const back = await submit(req, res, offerForm, (value) => offerSet(db, doing(res), set.id, value));
    if (back) return showSet(req, res, set, { offer: { ...back.form, id: 'offer' } });
    done(req, res, set.id, 'offered');
  });

  door.post('/dispatch-rules/changes/:id/reject', 'catalog.activate', async (req, res) => {
    const set = await getSet(req, res);
    const back = await submit(req, res, rejectForm, ({ ruling }) => rejectSet(db, doing(res), set.id, ruling));
    if (back) return showSet(req, res, set, { reject: { ...back.form, id: 'reject' } });
    done(req, res, set.id, 'rejected');
  });

  door.post('/dispatch-rules/changes/:id/remove/:change', 'catalog.propose', async (req, res) => {
    const set = await getSet(req, res);
    await removeChange(db, doing(res), set.id, idOf(req.params['change']));
    done(req, res, set.id, 'removed');
  });

  const presses = {
    'take-back': ['catalog.propose', takeBackSet, 'taken_back'],
    drop: ['catalog.propose', dropSet, 'dropped'],
    activate: ['catalog.activate', activateSet, 'activated'],
  } as const satisfies Record<string, readonly [Permission, typeof dropSet, Done]>;
  for (const [name, [permission, press, told]] of Object.entries(presses)) {
    door.post(`/dispatch-rules/changes/:id/${name}`, permission, async (req, res) => {
      const set = await getSet(req, res);
      await press(db, doing(res), set.id);
      done(req, res, set.id, told);
    });
  }

  function done(req: Request, res: Response, id: number, told: Done): void {
    flash(req, `catalog.set_${told}`);
    res.redirect(303, `/dispatch-rules/changes/${id}`);
  }

  /** What was never handed over is seen by those alone who propose and activate. */
  function seesDrafts(res: Response): boolean {
    return may(actorOf(res), 'catalog.activate');
  }

  async function getSet(req: Request<Record<string, string>>, res: Response): Promise<ToldSet> {
    const set = await findSet(db, idOf(req.params['id']));
    if (!set || (set.offered_at === null && !seesDrafts(res))) throw notFound();
    return set;
  }

  function tellSet(set: ToldSet, { t, fmt }: Shared): ToldRuleSet {
    const w = t.catalog;
    const state = stateOf(set);
    return {
      href: `/dispatch-rules/changes/${set.id}`,
      name: w.sets.name(set.id),
      reason: set.reason,
      count: w.sets.count(set.changes),
      valid_from: set.valid_from && fmt.day(set.valid_from),
      proposed: w.changed_by(set.maker, fmt.full(set.made_at)),
      decided: set.decider && set.decided_at ? w.changed_by(set.decider, fmt.full(set.decided_at)) : null,
      state: { tone: toneOf[state], text: w.sets.states[state] },
    };
  }

  async function showSet(req: Request, res: Response, set: ToldSet, failed: Failed = {}): Promise<void> {
    const shared = sharedOf(res);
    const { t, lang } = shared;
    const w = t.catalog.sets;
    const actor = actorOf(res);
    const state = stateOf(set);
    const own = isOwnSet(set, actor);
    const day = dayOfSet(set, res);
    const [changes, book] = await Promise.all([listRuleChanges(db, set.id), rulebook(db)]);
    const codes = [...new Set(changes.map(({ category_code }) => category_code))];
    const standing = set.decision === null ? await listStandingRules(db, codes, day) : [];
    const told = tellSet(set, shared);
    const unit = (id: number) => nameIn(book, id, shared);
    const editable = own && state === 'draft' && may(actor, 'catalog.propose');
    const action = `/dispatch-rules/changes/${set.id}`;
    const fact = (term: string, text: string | null) => (text ? [{ term, text }] : []);
    const decides = state === 'offered' && !own && may(actor, 'catalog.activate');
    show(
      res,
      'catalog/rule_set',
      { title: told.name, nav: 'rules', crumbs: [{ href: '/dispatch-rules/changes', label: w.title }] },
      {
        set: told,
        action,
        facts: [
          ...fact(w.reason, set.reason),
          ...fact(w.columns.from, told.valid_from),
          ...fact(w.columns.maker, told.proposed),
          ...fact(w.columns.decided, told.decided),
          ...fact(w.ruling, set.ruling),
        ],
        changes: changes.map((one) => {
          const replaced = standing.filter((rule) => one.kind === 'make' && givesWay(rule, one, day));
          return {
            kind: { tone: one.kind === 'make' ? ('go' as const) : ('late' as const), text: w.kinds[one.kind] },
            code: one.category_code,
            category: lang === 'zh' ? one.category_zh : one.category_en,
            area: lang === 'zh' ? one.area_zh : one.area_en,
            unit: unitName(one.unit, lang),
            role: t.domain.roles[one.role],
            note: one.note,
            reason: one.reason,
            ruling:
              one.number && seesDrafts(res) ? { href: `/appeals/${one.number}`, label: `${w.by_ruling} ${one.number}` } : null,
            replaces: replaced.length > 0 ? w.replaces(replaced.map((rule) => unit(rule.unit_id)).join(t.common.comma)) : null,
            remove: editable ? `${action}/remove/${one.id}` : null,
          };
        }),
        ended: (set.decision === 'activated' ? await listEndedBy(db, set.id) : []).map((rule) => ({
          code: rule.category_code,
          category: unitName(book.categories.get(rule.category_code)!, lang),
          area: unit(rule.area_id),
          unit: unit(rule.unit_id),
          role: t.domain.roles[rule.role],
        })),
        offer:
          editable && changes.length > 0
            ? (failed.offer ?? blankForm({ reason: set.reason, valid_from: set.valid_from ?? addDays(today(res), 1) }, 'offer'))
            : null,
        may_take_back: own && state === 'offered' && may(actor, 'catalog.propose'),
        may_drop: own && set.decision === null && may(actor, 'catalog.propose'),
        reject: decides ? (failed.reject ?? blankForm({}, 'reject')) : null,
        simulation: seesDrafts(res) && changes.length > 0 ? await simulation(req, res, set, book, action) : null,
      },
    );
  }

  /** The day whose rules are asked about: the one they are to hold from, today while it is open or past. */
  const dayOfSet = (set: ToldSet, res: Response) =>
    set.valid_from !== null && (set.decision !== null || set.valid_from > today(res)) ? set.valid_from : today(res);

  async function simulation(
    req: Request,
    res: Response,
    set: ToldSet,
    book: Rulebook,
    action: string,
  ): Promise<Views['catalog/simulation'] | null> {
    // Once activated, the changes are the catalogue: there is nothing to compare with.
    if (set.decision === 'activated') return null;
    const shared = sharedOf(res);
    const { t, fmt, lang } = shared;
    const w = t.catalog.sets;
    const months = lastMonths(today(res), months_offered);
    const { value: filter } = readFilter(req.query, simulationFilter);
    const month = months.find((one) => one === filter.month) ?? months[1]!;
    const [from, to] = [startOfDay(`${month}-01`), startOfDay(`${nextMonth(month)}-01`)];
    const found = await simulate(db, set.id, dayOfSet(set, res), from, to);
    const is = (way: Simulation['ways'][number]) => (way.from ?? 0) === filter.from && (way.to ?? 0) === filter.to;
    const one = found.ways.find(is);
    const listed = one ? [one] : found.ways;
    const wayOf = new Map(
      listed.flatMap((way) => way.pairs.map((pair) => [`${pair.category_code} ${pair.place_unit_id}`, way] as const)),
    );
    const pairs = listed.flatMap((way) => way.pairs);
    const rows = pairs.length > 0 ? await listDispatched(db, pairs, from, to, filter.before, simulated_rows + 1) : [];
    const who = (id: number | null) => (id === null ? w.nobody : nameIn(book, id, shared));
    const chosen = one ? { from: one.from ?? 0, to: one.to ?? 0 } : {};
    const total = fmt.number(found.appeals);
    return {
      action,
      form: blankForm({ month }, 'simulation'),
      months: months.map((value) => ({ value, label: fmt.month(value) })),
      summary: found.moved > 0 ? w.moved(fmt.number(found.moved), total, fmt.month(month)) : w.not_moved(total, fmt.month(month)),
      ways: found.ways.map((way) => ({
        from: who(way.from),
        to: who(way.to),
        appeals: fmt.number(way.appeals),
        href: hrefOf(action, { month, from: way.from ?? '0', to: way.to ?? '0' }),
        current: is(way),
      })),
      all: { href: hrefOf(action, { month }), current: one === undefined },
      rows: rows.slice(0, simulated_rows).map((row) => {
        const way = wayOf.get(`${row.category_code} ${row.place_unit_id}`)!;
        return {
          href: `/appeals/${row.number}`,
          number: row.number,
          title: row.title,
          day: fmt.day(dayOf(row.received_at)),
          category: unitName(book.categories.get(row.category_code)!, lang),
          place: nameIn(book, row.place_unit_id, shared),
          from: who(way.from),
          to: who(way.to),
        };
      }),
      older: rows.length > simulated_rows ? hrefOf(action, { month, ...chosen, before: rows[simulated_rows - 1]!.id }) : null,
    };
  }

  return door.routes;
}

function nameIn({ units }: Rulebook, id: number, { lang }: Shared): string {
  const unit = units.get(id);
  return unit ? unitName(unit, lang) : String(id);
}

const nextMonth = (month: string): string => addDays(`${month}-28`, 4).slice(0, 7);
/** The month of a day and those before it, the newest first. */
function lastMonths(day: string, count: number): string[] {
  const months = [day.slice(0, 7)];
  while (months.length < count) months.push(addDays(`${months.at(-1)}-01`, -1).slice(0, 7));
  return months;
}
