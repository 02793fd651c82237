import type { Limit } from '../../core/calendar.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { forbidden, notFound, wrongFields } from '../../core/errors.ts';
import { pinyinKeys } from '../../core/text.ts';
import { may, type Permission } from '../../policy.ts';
import { type Changing, mustBe, recordChange } from '../../trail/actions/change.ts';
import { isValidOn } from '../../units/rules.ts';
import { findUnit } from '../../units/store.ts';
import { forgetRulebook } from '../actions.ts';
import type { Milestone, Priority } from '../rules.ts';
import {
  changeCategory,
  changeTemplate,
  countSubcategories,
  holdCategory,
  holdTemplate,
  insertCategory,
  insertTemplate,
} from '../store/keeping.ts';
import { findCategory } from '../store.ts';

export function mustMay({ author }: Changing, permission: Permission): void {
  if (!may(author, permission)) throw forbidden();
}

export interface CategoryInput {
  readonly name_zh: string;
  readonly name_en: string;
  readonly lead_unit_id: number | null;
  readonly priority: Priority | null;
  readonly acknowledge_limit: Limit | null;
  readonly contact_limit: Limit | null;
  readonly handle_limit: Limit | null;
  readonly milestones: readonly Milestone[];
  readonly valid_from: string;
  readonly valid_to: string | null;
}

const categoryFields = (row: CategoryInput) => {
  const { name_zh, name_en, lead_unit_id, priority, acknowledge_limit, contact_limit, handle_limit } = row;
  const { milestones, valid_from, valid_to } = row;
  const limits = { acknowledge_limit, contact_limit, handle_limit, milestones };
  return { name_zh, name_en, lead_unit_id, priority, ...limits, valid_from, valid_to };
};
const json = (limit: Limit | null) => limit && JSON.stringify(limit);
const stored = (input: CategoryInput) => ({
  ...categoryFields(input),
  acknowledge_limit: json(input.acknowledge_limit),
  contact_limit: json(input.contact_limit),
  handle_limit: json(input.handle_limit),
  milestones: JSON.stringify(input.milestones),
  search: pinyinKeys(input.name_zh),
});

/** A group has a name alone; what is dispatched is its subcategories, each with a priority. */
function ofItsLevel(input: CategoryInput, code: string): CategoryInput {
  if (code.length === 2)
    return {
      ...input,
      lead_unit_id: null,
      priority: null,
      acknowledge_limit: null,
      contact_limit: null,
      handle_limit: null,
      milestones: [],
    };
  if (input.priority === null) throw wrongFields({ priority: 'required' });
  return input;
}

async function mustLead(trx: Db, { now }: Changing, lead_unit_id: number | null): Promise<void> {
  const unit = lead_unit_id === null ? null : await findUnit(trx, lead_unit_id);
  if (unit === undefined || (unit && !isValidOn(unit, dayOf(now)))) throw wrongFields({ lead_unit_id: 'not_an_option' });
}

/** A new group (two digits) or category (four). */
export async function createCategory(
  db: Db,
  doing: Changing,
  code: string,
  given: Omit<CategoryInput, 'valid_to'>,
): Promise<void> {
  mustMay(doing, 'catalog.edit');
  await db.transaction(async (trx) => {
    const input = ofItsLevel({ ...given, valid_to: null }, code);
    if (await holdCategory(trx, code)) throw wrongFields({ code: 'taken' });
    const parent_code = code.length === 4 ? code.slice(0, 2) : null;
    if (parent_code && !(await findCategory(trx, parent_code))) throw wrongFields({ code: 'no_group' });
    await mustLead(trx, doing, input.lead_unit_id);
    await insertCategory(trx, { code, parent_code, ...stored(input) });
    await recordChange(trx, doing, 'category.create', `category:${code}`, null, { code, ...categoryFields(input) });
  });
  forgetRulebook(db);
}

/** Changes a category, its lead and its own limits, or ends it. Orders under way keep the limits they began with. */
export async function editCategory(
  db: Db,
  doing: Changing,
  code: string,
  version: string,
  given: CategoryInput,
): Promise<boolean> {
  mustMay(doing, 'catalog.edit');
  const changed = await db.transaction(async (trx) => {
    const category = await holdCategory(trx, code);
    if (!category) throw notFound();
    mustBe(category, version);
    const input = ofItsLevel(given, code);
    if (input.lead_unit_id !== category.lead_unit_id) await mustLead(trx, doing, input.lead_unit_id);
    const below = input.valid_to !== null && code.length === 2 ? await countSubcategories(trx, code, input.valid_to) : 0;
    if (below > 0) throw wrongFields({ valid_to: `has_subcategories:${below}` });
    await changeCategory(trx, code, stored(input));
    return recordChange(trx, doing, 'category.edit', `category:${code}`, categoryFields(category), categoryFields(input));
  });
  forgetRulebook(db);
  return changed;
}

export interface TemplateInput {
  readonly category_code: string | null;
  readonly body: string;
  readonly sort: number;
  readonly valid_to: string | null;
}

async function mustName(trx: Db, category_code: string | null): Promise<void> {
  if (category_code !== null && !(await findCategory(trx, category_code))) throw wrongFields({ category_code: 'not_an_option' });
}

/** A sentence that dispatchers start from; without a category it is offered for all. */
export async function createTemplate(db: Db, doing: Changing, input: TemplateInput): Promise<void> {
  mustMay(doing, 'catalog.edit');
  await db.transaction(async (trx) => {
    await mustName(trx, input.category_code);
    const id = await insertTemplate(trx, { ...input, valid_to: null });
    await recordChange(trx, doing, 'template.create', `template:${id}`, null, { ...input, valid_to: null });
  });
}

export async function editTemplate(db: Db, doing: Changing, id: number, version: string, input: TemplateInput): Promise<boolean> {
  mustMay(doing, 'catalog.edit');
  return db.transaction(async (trx) => {
    const template = await holdTemplate(trx, id);
    if (!template) throw notFound();
    mustBe(template, version);
    await mustName(trx, input.category_code);
    await changeTemplate(trx, id, input);
    const { id: _, ...before } = template;
    return recordChange(trx, doing, 'template.edit', `template:${id}`, before, { ...input });
  });
}
