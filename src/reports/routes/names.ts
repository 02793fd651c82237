import type { Rulebook } from '../../catalog/rules.ts';
import { type UnitName, unitName } from '../../units/rules.ts';
import type { Format } from '../../web/format.ts';
import { hrefOf } from '../../web/submit.ts';
import type { Lang, Words } from '../../words/words.ts';
import {
  type Axis,
  type Measure,
  queryOf,
  queryOfMeasure,
  type Range,
  type Tier,
  type Took,
  within,
} from '../rules/dimensions.ts';

type Shown = Axis | 'tier' | 'took';

/** What keys of dimensions are called, and which list of the ledger a figure counts. */
export interface Names {
  name(axis: Shown, key: string): string;
  /** The order in which keys stand when nothing is counted. */
  rank(axis: Shown, key: string): string;
  list(range: Range, measure: Measure, ...keys: readonly (readonly [Shown, string])[]): string;
}

export function makeNames(book: Rulebook, t: Words, lang: Lang, fmt: Format): Names {
  const unit = (key: string): UnitName | undefined => book.units.get(Number(key));
  const kind = (id: number) => book.units.get(id)?.kind;
  const place = (axis: 'town' | 'community' | 'grid', key: string): string => {
    const found = unit(key);
    if (!found) return key;
    const named = unitName(found, lang);
    return found.kind === axis ? named : t.reports.place_only(named);
  };
  return {
    name(axis, key) {
      switch (axis) {
        case 'unit': {
          const found = /^\d/.test(key) ? unit(key) : undefined;
          return found ? unitName(found, lang) : t.ledger.tiers[key as Tier];
        }
        case 'town':
        case 'community':
        case 'grid':
          return place(axis, key);
        case 'category':
        case 'topic': {
          const category = book.categories.get(key);
          return category ? (lang === 'zh' ? category.name_zh : category.name_en) : t.ledger.no_category;
        }
        case 'channel':
          return t.domain.channels[key as 'web'];
        case 'tier':
          return t.ledger.tiers[key as Tier];
        case 'took':
          return t.ledger.took_steps[key as Took];
        case 'month':
          return fmt.month(key);
        case 'week':
          return t.reports.week_of(fmt.day(key));
        case 'day':
          return fmt.day(key);
      }
    },
    rank: (axis, key) => (axis === 'town' || axis === 'community' || axis === 'grid' ? (unit(key)?.path ?? key) : key),
    list(range, measure, ...keys) {
      const query = within(range, Object.assign({}, ...keys.map(([axis, key]) => queryOf(axis, key, kind))));
      return hrefOf('/appeals', { ...query, ...queryOfMeasure[measure] });
    },
  };
}
