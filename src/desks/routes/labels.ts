import type { Status } from '../../appeals/rules.ts';
import type { Category, Rulebook } from '../../catalog/rules.ts';
import type { Status as OrderStatus } from '../../orders/rules.ts';
import { idsOf, type UnitName } from '../../units/rules.ts';
import type { Tone } from '../../views.ts';
import type { Lang } from '../../words/words.ts';

export const nameOf = (unit: UnitName | undefined, lang: Lang): string =>
  unit ? (lang === 'zh' ? unit.name_zh : unit.name_en) : '';
export const shortOf = (unit: UnitName | undefined, lang: Lang): string =>
  unit ? (lang === 'zh' ? unit.short_zh : unit.name_en) : '';
export const categoryName = (category: Category | undefined, lang: Lang): string =>
  category ? (lang === 'zh' ? category.name_zh : category.name_en) : '';

/** "Utilities / Heating": the category with its parent. */
export function categoryPath(book: Rulebook, code: string | null, lang: Lang): string {
  if (code === null) return '';
  const category = book.categories.get(code);
  const parent = category?.parent_code ? book.categories.get(category.parent_code) : undefined;
  return [categoryName(parent, lang), categoryName(category, lang)].filter(Boolean).join(' / ');
}

/** The place from the town down, in short names: two lines of a list. The city alone says that nothing nearer is known. */
export function placeLines(book: Rulebook, place_unit_id: number, lang: Lang): string[] {
  const place = book.units.get(place_unit_id);
  if (!place) return [];
  const chain = idsOf(place.path).map((id) => book.units.get(id));
  const below = chain.slice(1).map((unit) => shortOf(unit, lang));
  return below.length === 0
    ? [shortOf(chain[0], lang)]
    : [below.slice(0, 2).join(' › '), below.slice(2).join(' › ')].filter(Boolean);
}

/** The five tones of the look, by status. */
export const toneOf: Record<Status, Tone> = {
  pending_review: 'new',
  awaiting_details: 'warn',
  pending_dispatch: 'new',
  in_handling: 'go',
  pending_callback: 'warn',
  answered: 'go',
  declined: 'done',
  withdrawn: 'done',
  merged: 'done',
  closed: 'done',
  archived: 'done',
};
export const orderToneOf: Record<OrderStatus, Tone> = {
  pending_ack: 'new',
  in_progress: 'go',
  return_requested: 'warn',
  suspended: 'warn',
  submitted: 'warn',
  accepted: 'done',
  returned: 'done',
  recalled: 'done',
  reassigned: 'done',
  escalated: 'done',
};
