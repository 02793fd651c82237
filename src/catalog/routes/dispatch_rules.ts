import type { Request, Response, Router } from 'express';
import { dayOf } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { may } from '../../policy.ts';
import { versionOf } from '../../trail/actions/change.ts';
import { unitName } from '../../units/rules.ts';
import { findPlace, listAreaGroups, listPlaces } from '../../units/store/places.ts';
import { findUnit, getCity } from '../../units/store.ts';
import type { Explanation } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import { createTemplate, editTemplate } from '../actions/keeping.ts';
import { rulebook } from '../actions.ts';
import { ruleFilter, ruleTabs, templateFields, templateForm } from '../forms.ts';
import { findTemplate, listRules, listTemplates, type RuleFacts } from '../store/keeping.ts';
import { countOffered } from '../store/rule_sets.ts';
import { listUnitSuggestions } from '../store.ts';
import { listCategoryGroups } from './categories.ts';

const page_size = 50;

export function dispatchRules({ db, clock }: World): Router {
  const door = makeDoor('');
  const today = (res: Response) => dayOf(res.locals.now ?? clock());
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

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
        tabs: ruleTabs(t, 'rules', await countOffered(db, actorOf(res))),
        categories,
        areas: [{ label: unitName(city, lang), options: [{ value: city.id, label: unitName(city, lang) }] }, ...areas],
        filtered: Boolean(q || category_code || area_id || unit_id || ended),
        only_of: unit ? { name: unitName(unit, lang), without: here({ unit_id: null }) } : null,
        rows: found.rows.map((rule) => toldRule(rule, lang)),
        explained,
        may_propose: may(actorOf(res), 'catalog.propose'),
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
          one.rule_id === null
            ? null
            : { href: hrefOf('/dispatch-rules', { category_code: asked.for }), label: t.catalog.why_rule(one.rule_id) },
        share: one.share === null ? null : t.catalog.share(one.share),
      })),
    };
  }

  door.get('/dispatch-rules/templates', 'catalog.read', async (_req, res) => {
    const { t, lang } = sharedOf(res);
    const [templates, book] = await Promise.all([listTemplates(db), rulebook(db)]);
    show(
      res,
      'catalog/templates',
      { title: t.catalog.templates, nav: 'rules' },
      {
        tabs: ruleTabs(t, 'templates', await countOffered(db, actorOf(res))),
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
