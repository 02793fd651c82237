import type { Request, Response, Router } from 'express';
import { dayOf } from '../../core/clock.ts';
import { notFound, wrongFields } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { may } from '../../policy.ts';
import { versionOf } from '../../trail/actions/change.ts';
import { unitName } from '../../units/rules.ts';
import { findPlace, listAreaGroups, listPlaces, pickUnit } from '../../units/store/places.ts';
import { findUnit, getCity } from '../../units/store.ts';
import type { Explanation, Option } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { areaKinds, createRule, createTemplate, editRule, editTemplate, receiverKinds } from '../actions/keeping.ts';
import { rulebook } from '../actions.ts';
import { newRuleForm, ruleFields, ruleFilter, ruleForm, templateFields, templateForm } from '../forms.ts';
import { findRule, findTemplate, listRules, listTemplates, type RuleFacts } from '../store/keeping.ts';
import { listUnitSuggestions } from '../store.ts';
import { listCategoryGroups } from './categories.ts';

const page_size = 50;

export function dispatchRules({ db, clock }: World): Router {
  const door = makeDoor('');
  const today = (res: Response) => dayOf(res.locals.now ?? clock());
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  const tabsOf = (res: Response, current: 'rules' | 'templates') => {
    const { t } = sharedOf(res);
    return [
      { href: '/dispatch-rules', label: t.catalog.rules, current: current === 'rules' },
      { href: '/dispatch-rules/templates', label: t.catalog.templates, current: current === 'templates' },
    ];
  };

  door.get('/dispatch-rules', 'catalog.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const { value: filter, form } = readFilter(req.query, ruleFilter);
    const day = today(res);
    const [found, categories, areas, city, unit, explained] = await Promise.all([
      listRules(db, filter, day, filter, page_size),
      listCategoryGroups(db, day, lang),
      listAreaGroups(db, day, lang),
      getCity(db),
      filter.unit_id === null ? undefined : findUnit(db, filter.unit_id),
      explain(res, filter),
    ]);
    const { q, category_code, area_id, unit_id, ended } = filter;
    const here = (to: object) => hrefOf('/dispatch-rules', { q, category_code, area_id, unit_id, ended, ...to });
    show(
      res,
      'catalog/rules',
      { title: t.catalog.rules, nav: 'rules' },
      {
        form,
        tabs: tabsOf(res, 'rules'),
        categories,
        areas: [{ label: unitName(city, lang), options: [{ value: city.id, label: unitName(city, lang) }] }, ...areas],
        filtered: Boolean(q || category_code || area_id || unit_id || ended),
        only_of: unit ? { name: unitName(unit, lang), without: here({ unit_id: null }) } : null,
        rows: found.rows.map((rule) => toldRule(rule, lang)),
        explained,
        may_edit: may(actorOf(res), 'catalog.edit'),
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );
  });

  /** Who would be suggested for a category at a place, in order and with the reasons. */
  async function explain(
    res: Response,
    asked: { for: string | null; place: string | null; place_text: string | null },
  ): Promise<Explanation> {
    const { t, lang } = sharedOf(res);
    const day = today(res);
    const text = asked.place_text ?? '';
    const form = blankForm({ for: asked.for, place: asked.place, place_text: asked.place_text }, 'explain');
    if (!asked.for || text === '') return { form, chosen: [], at: null, suggestions: null };
    const named = asked.place ? await findPlace(db, asked.place, day, lang) : undefined;
    const choices = named?.label === text ? [] : await listPlaces(db, text, day, lang);
    const value =
      named?.label === text
        ? named.value
        : (choices.find((one) => one.value === asked.place) ?? (choices.length === 1 ? choices[0] : undefined))?.value;
    const place = value ? await findPlace(db, value, day, lang) : undefined;
    if (!place)
      return {
        form: { ...form, errors: { place: choices.length > 0 ? 'not_an_option' : 'not_found' } },
        chosen: [],
        choices,
        at: null,
        suggestions: null,
      };
    const found = await listUnitSuggestions(db, asked.for, place.above.at(-1)!.path, day);
    return {
      form,
      chosen: [{ value: place.value, label: place.label }],
      at: place.above.map((unit) => ({ href: `/units/${unit.id}`, label: unitName(unit, lang) })),
      suggestions: found.map((one) => ({
        href: `/units/${one.unit_id}`,
        name: unitName(one, lang),
        role: one.role,
        why: t.domain.why_units[one.why],
        rule:
          one.rule_id === null ? null : { href: `/dispatch-rules/${one.rule_id}/edit`, label: t.catalog.why_rule(one.rule_id) },
        share: one.share === null ? null : t.catalog.share(one.share),
      })),
    };
  }

  door.get('/dispatch-rules/new', 'catalog.edit', async (req, res) => {
    const category_code = typeof req.query['category_code'] === 'string' ? req.query['category_code'] : '';
    const [city, { lang }] = [await getCity(db), sharedOf(res)];
    await showNew(
      res,
      blankForm({ category_code, role: 'lead', valid_from: today(res), area_id: city.id, area_id_text: unitName(city, lang) }),
    );
  });

  door.post('/dispatch-rules/new', 'catalog.edit', async (req, res) => {
    const { lang } = sharedOf(res);
    const choices: { area_id?: readonly Option[]; unit_id?: readonly Option[] } = {};
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
      await createRule(db, doing(res), { ...value, note: note ?? '', area_id: area, unit_id: unit });
    });
    if (back) return showNew(res, back.form, choices);
    flash(req, 'catalog.rule_made');
    res.redirect(303, hrefOf('/dispatch-rules', { category_code: String(req.body.category_code) }));
  });

  async function showNew(
    res: Response,
    form: FormState,
    choices: { area_id?: readonly Option[]; unit_id?: readonly Option[] } = {},
  ): Promise<void> {
    const { t, lang } = sharedOf(res);
    const w = t.catalog;
    const chosen = (name: string): Option[] => {
      const [value, label] = [form.typed[name], form.typed[`${name}_text`]];
      return typeof value === 'string' && value !== '' && typeof label === 'string' ? [{ value, label }] : [];
    };
    show(
      res,
      'units/edit',
      { title: w.new_rule, nav: 'rules', crumbs: [{ href: '/dispatch-rules', label: w.rules }] },
      {
        title: w.new_rule,
        form,
        stale: false,
        action: '/dispatch-rules/new',
        back: '/dispatch-rules',
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
          [{ name: 'valid_from', label: t.units.valid_from, kind: 'date', required: true }],
        ],
      },
    );
  }

  door.get('/dispatch-rules/templates', 'catalog.read', async (_req, res) => {
    const { t, lang } = sharedOf(res);
    const [templates, book] = await Promise.all([listTemplates(db), rulebook(db)]);
    show(
      res,
      'catalog/templates',
      { title: t.catalog.templates, nav: 'rules' },
      {
        tabs: tabsOf(res, 'templates'),
        rows: templates.map((template) => {
          const category = template.category_code === null ? undefined : book.categories.get(template.category_code);
          return {
            template,
            category: category ? `${category.code} ${unitName(category, lang)}` : null,
            ended: template.valid_to !== null,
          };
        }),
        may_edit: may(actorOf(res), 'catalog.edit'),
      },
    );
  });

  door.get('/dispatch-rules/templates/new', 'catalog.edit', async (_req, res) => {
    await showTemplate(res, null, blankForm({ sort: 100 }), false);
  });

  door.post('/dispatch-rules/templates/new', 'catalog.edit', async (req, res) => {
    const back = await submit(req, res, templateForm, async ({ version: _, ended: _never, ...value }) => {
      await createTemplate(db, doing(res), { ...value, valid_to: null });
    });
    if (back) return showTemplate(res, null, back.form, false);
    flash(req, 'catalog.template_made');
    res.redirect(303, '/dispatch-rules/templates');
  });

  door.get('/dispatch-rules/templates/:id/edit', 'catalog.edit', async (req, res) => {
    const template = await getTemplate(req);
    const { body, sort, category_code, valid_to } = template;
    await showTemplate(res, template, blankForm({ body, sort, category_code, ended: valid_to === null ? '' : '1' }), false);
  });

  door.post('/dispatch-rules/templates/:id/edit', 'catalog.edit', async (req, res) => {
    const template = await getTemplate(req);
    let changed = false;
    const back = await submit(req, res, templateForm, async ({ version, ended, ...value }) => {
      const valid_to = ended ? (template.valid_to ?? today(res)) : null;
      changed = await editTemplate(db, doing(res), template.id, version ?? '', { ...value, valid_to });
    });
    if (back) return showTemplate(res, await getTemplate(req), back.form, back.stale);
    flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, '/dispatch-rules/templates');
  });

  async function getTemplate(req: Request<Record<string, string>>) {
    const template = await findTemplate(db, idOf(req.params['id']));
    if (!template) throw notFound();
    return template;
  }

  async function showTemplate(
    res: Response,
    template: Awaited<ReturnType<typeof getTemplate>> | null,
    form: FormState,
    stale: boolean,
  ): Promise<void> {
    const { t, lang } = sharedOf(res);
    const title = template ? t.catalog.edit_template : t.catalog.new_template;
    const back = '/dispatch-rules/templates';
    show(
      res,
      'units/edit',
      { title, nav: 'rules', crumbs: [{ href: back, label: t.catalog.templates }] },
      {
        title,
        form,
        stale,
        version: template ? versionOf(template) : undefined,
        action: template ? `${back}/${template.id}/edit` : `${back}/new`,
        back,
        rows: templateFields(await listCategoryGroups(db, today(res), lang), !template, t),
      },
    );
  }

  door.get('/dispatch-rules/:id/edit', 'catalog.edit', async (req, res) => {
    const rule = await getRule(req);
    const { note, valid_from, valid_to } = rule;
    showEdit(res, rule, blankForm({ note, valid_from, valid_to }), false);
  });

  door.post('/dispatch-rules/:id/edit', 'catalog.edit', async (req, res) => {
    const rule = await getRule(req);
    let changed = false;
    const back = await submit(req, res, ruleForm, async ({ version, note, ...value }) => {
      changed = await editRule(db, doing(res), rule.id, version ?? '', { ...value, note: note ?? '' });
    });
    if (back) return showEdit(res, await getRule(req), back.form, back.stale);
    flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, hrefOf('/dispatch-rules', { category_code: rule.category_code }));
  });

  async function getRule(req: Request<Record<string, string>>): Promise<RuleFacts> {
    const rule = await findRule(db, idOf(req.params['id']));
    if (!rule) throw notFound();
    return rule;
  }

  function showEdit(res: Response, rule: RuleFacts, form: FormState, stale: boolean): void {
    const { t, lang } = sharedOf(res);
    const { category, area, unit } = toldRule(rule, lang);
    const title = `${rule.category_code} ${category} · ${area} → ${unit}（${t.domain.roles[rule.role]}）`;
    const { id, category_code, area_id, unit_id, role, note, valid_from, valid_to } = rule;
    show(
      res,
      'units/edit',
      { title, nav: 'rules', crumbs: [{ href: '/dispatch-rules', label: t.catalog.rules }] },
      {
        title,
        form,
        stale,
        version: versionOf({ id, category_code, area_id, unit_id, role, note, valid_from, valid_to }),
        action: `/dispatch-rules/${id}/edit`,
        back: hrefOf('/dispatch-rules', { category_code }),
        intro: t.catalog.rule_fixed,
        rows: ruleFields(t),
      },
    );
  }

  return door.routes;
}

function toldRule(rule: RuleFacts, lang: 'zh' | 'en') {
  const zh = lang === 'zh';
  return {
    rule,
    category: zh ? rule.category_zh : rule.category_en,
    area: zh ? rule.area_zh : rule.area_en,
    unit: zh ? rule.unit_zh : rule.unit_en,
  };
}
