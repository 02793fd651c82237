import type { Request, Response, Router } from 'express';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, makeDoor } from '../../doors.ts';
import { may, readsAppeals } from '../../policy.ts';
import { versionOf } from '../../trail/actions/change.ts';
import { tellChanges } from '../../trail/forms.ts';
import { listChanges } from '../../trail/store.ts';
import { isValidOn, unitName } from '../../units/rules.ts';
import { listDepartments } from '../../units/store/tree.ts';
import type { Groups, LimitCell } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import type { Lang, Words } from '../../words/words.ts';
import { createCategory, editCategory } from '../actions/keeping.ts';
import { rulebook } from '../actions.ts';
import {
  categoryFields,
  categoryFilter,
  categoryForm,
  formOfCategory,
  limitsOf,
  milestonesOf,
  newCategoryForm,
  sayLimit,
} from '../forms.ts';
import { effectiveLimit, limitKinds, type Parameters } from '../rules.ts';
import { listRules, searchCategories } from '../store/keeping.ts';
import { type CategoryRow, findCategory, listCategories } from '../store.ts';

const most_rules = 100;

/** Subcategories to choose one from, by group; only those that hold. */
export async function listCategoryGroups(db: Db, today: string, lang: 'zh' | 'en'): Promise<Groups> {
  const all = (await listCategories(db)).filter((category) => isValidOn(category, today));
  return all
    .filter(({ parent_code }) => parent_code === null)
    .map((group) => ({
      label: unitName(group, lang),
      options: all
        .filter(({ parent_code }) => parent_code === group.code)
        .map((one) => ({ value: one.code, label: `${one.code} ${unitName(one, lang)}` })),
    }))
    .filter(({ options }) => options.length > 0);
}

/** The limits and milestones of a category in words, with where each comes from. */
function limitsTold(category: CategoryRow, parameters: Parameters, t: Words, lang: Lang): LimitCell[] {
  const own = limitKinds.flatMap((kind) => {
    const found = effectiveLimit(parameters, category, kind);
    if (!found) return [];
    const source = found.own ? t.catalog.own_hint : t.catalog.from_priority(t.domain.priorities[category.priority!]);
    return [{ label: t.catalog.limit_kinds[kind], text: sayLimit(found.limit, t), own: found.own, source }];
  });
  const milestones = category.milestones.map((one, i) => ({
    label: t.catalog.milestone(i + 1),
    text: `${unitName(one, lang)} ${sayLimit(one, t)}`,
    own: true,
    source: t.catalog.own_hint,
  }));
  return [...own, ...milestones];
}

export function categories({ db, clock }: World): Router {
  const door = makeDoor('');
  const today = (res: Response) => dayOf(res.locals.now ?? clock());
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/categories', 'catalog.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const { value: filter, form } = readFilter(req.query, categoryFilter);
    const [found, book] = await Promise.all([searchCategories(db, filter, today(res)), rulebook(db)]);
    const groups = found
      .filter(({ parent_code }) => parent_code === null)
      .map((group) => ({
        code: group.code,
        name: unitName(group, lang),
        rows: found
          .filter(({ parent_code }) => parent_code === group.code)
          .map((category) => {
            const lead = category.lead_unit_id === null ? undefined : book.units.get(category.lead_unit_id);
            return {
              category,
              name: unitName(category, lang),
              lead: lead ? { id: lead.id, name: unitName(lead, lang) } : null,
              limits: limitsTold(category, book.parameters, t, lang),
            };
          }),
      }));
    const { q, priority, ended } = filter;
    show(
      res,
      'catalog/categories',
      { title: t.catalog.title, nav: 'categories' },
      {
        form,
        groups,
        filtered: Boolean(q || priority || ended),
        counts: t.catalog.counts(
          groups.length,
          groups.reduce((sum, { rows }) => sum + rows.length, 0),
        ),
        may_edit: may(actorOf(res), 'catalog.edit'),
      },
    );
  });

  door.get('/categories/new', 'catalog.edit', async (_req, res) => {
    await showForm(res, null, blankForm({ valid_from: today(res), priority: 'general' }), false);
  });

  door.post('/categories/new', 'catalog.edit', async (req, res) => {
    let made = '';
    const back = await submit(req, res, newCategoryForm, async ({ version: _, code, valid_to: _never, ...value }) => {
      await createCategory(db, doing(res), code, { ...value, ...limitsOf(value), milestones: milestonesOf(value) });
      made = code;
    });
    if (back) return showForm(res, null, back.form, false);
    flash(req, 'catalog.made', [String(req.body.name_zh)]);
    res.redirect(303, `/categories/${made}`);
  });

  door.get('/categories/:code', 'catalog.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const category = await getCategory(req);
    const { code, parent_code } = category;
    const day = today(res);
    const question = { q: null, category_code: code, area_id: null, unit_id: null, ended: false };
    const [book, rules, changes, all] = await Promise.all([
      rulebook(db),
      listRules(db, question, day, {}, most_rules),
      listChanges(db, `category:${code}`),
      listCategories(db),
    ]);
    const group = parent_code === null ? undefined : all.find((one) => one.code === parent_code);
    const lead = category.lead_unit_id === null ? undefined : book.units.get(category.lead_unit_id);
    const actor = actorOf(res);
    show(
      res,
      'catalog/category',
      { title: unitName(category, lang), nav: 'categories', crumbs: [{ href: '/categories', label: t.catalog.title }] },
      {
        category,
        name: unitName(category, lang),
        ended: !isValidOn(category, day),
        group: group ? { href: `/categories/${group.code}`, label: unitName(group, lang) } : null,
        lead: lead ? { href: `/units/${lead.id}`, label: unitName(lead, lang) } : null,
        limits: limitsTold(category, book.parameters, t, lang),
        subcategories: all
          .filter((one) => one.parent_code === code && isValidOn(one, day))
          .map((one) => ({ href: `/categories/${one.code}`, label: unitName(one, lang) })),
        rules: rules.rows.map((rule) => ({
          rule,
          area: lang === 'zh' ? rule.area_zh : rule.area_en,
          unit: lang === 'zh' ? rule.unit_zh : rule.unit_en,
        })),
        more_rules: rules.older !== null,
        appeals_href: readsAppeals(actor) ? hrefOf('/appeals', { category: code }) : null,
        changes: tellChanges(changes, t, lang, book.units),
        may_edit: may(actor, 'catalog.edit'),
        may_propose: may(actor, 'catalog.propose'),
      },
    );
  });

  door.get('/categories/:code/edit', 'catalog.edit', async (req, res) => {
    const category = await getCategory(req);
    await showForm(res, category, formOfCategory(category), false);
  });

  door.post('/categories/:code/edit', 'catalog.edit', async (req, res) => {
    const { code } = await getCategory(req);
    let changed = false;
    const back = await submit(req, res, categoryForm, async ({ version, ...value }) => {
      changed = await editCategory(db, doing(res), code, version ?? '', {
        ...value,
        ...limitsOf(value),
        milestones: milestonesOf(value),
      });
    });
    if (back) return showForm(res, await getCategory(req), back.form, back.stale);
    flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, `/categories/${code}`);
  });

  async function getCategory(req: Request<Record<string, string>>): Promise<CategoryRow> {
    const code = req.params['code'] ?? '';
    const category = /^\d{2}(\d{2})?$/.test(code) ? await findCategory(db, code) : undefined;
    if (!category) throw notFound();
    return category;
  }

  async function showForm(res: Response, category: CategoryRow | null, form: FormState, stale: boolean): Promise<void> {
    const { t, lang } = sharedOf(res);
    const departments = await listDepartments(db, today(res));
    const units = [...new Set(departments.map(({ unit_group }) => unit_group))].map((group) => ({
      label: t.domain.unit_groups[group],
      options: departments
        .filter(({ unit_group }) => unit_group === group)
        .map((unit) => ({ value: unit.id, label: unitName(unit, lang) })),
    }));
    const back = category ? `/categories/${category.code}` : '/categories';
    const title = category ? t.catalog.edit_category : t.catalog.new_category;
    const group = category ? category.parent_code === null : false;
    show(
      res,
      'units/edit',
      { title, nav: 'categories', crumbs: [{ href: back, label: category ? unitName(category, lang) : t.catalog.title }] },
      {
        title: category ? `${title} · ${category.code}` : title,
        form,
        stale,
        version: category ? versionOf(category) : undefined,
        action: category ? `${back}/edit` : '/categories/new',
        back,
        intro: group ? undefined : `${t.catalog.limits_note} ${t.catalog.milestones_hint}`,
        rows: categoryFields({ creating: !category, group, units }, t),
      },
    );
  }

  return door.routes;
}
