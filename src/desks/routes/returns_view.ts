import { mustDesignate } from '../../orders/rules.ts';
import type { Actor } from '../../people/rules.ts';
import { may } from '../../policy.ts';
import type { ToldReturn } from '../../views.ts';
import type { CaseFile } from '../store/case.ts';
import { categoryName, nameOf } from './labels.ts';
import type { Telling } from './trail_view.ts';

const toneOf = { open: 'warn', upheld: 'go', rejected: 'done' } as const;

/** What units objected, whom they named, and how it was ruled; whoever proposes changes of the catalogue may begin one with the ruling. */
export function returnsOf({ t, lang, book }: Telling, file: CaseFile, actor: Actor): ToldReturn[] {
  const w = t.desks.returns;
  return file.returns.map((one) => {
    const state = one.decision ?? 'open';
    return {
      unit: nameOf(book.units.get(one.unit_id), lang),
      state: { tone: toneOf[state], text: w.states[state] },
      facts: [
        { term: t.desks.fields.reason, text: one.reason },
        { term: w.item, text: categoryName(book.categories.get(one.category_code ?? ''), lang) },
        { term: t.desks.fields.suggested_unit_id, text: nameOf(book.units.get(one.suggested_unit_id ?? 0), lang) },
        { term: t.desks.fields.ruling, text: one.ruling ?? '' },
      ].filter(({ text }) => text !== ''),
      propose: one.decision !== null && may(actor, 'catalog.propose') ? `/dispatch-rules/new?return=${one.id}` : null,
    };
  });
}

/** Said at the dispatch desk once the ball may be passed no further. */
export const designates = (status: string, file: Pick<CaseFile, 'orders'>): boolean =>
  status === 'pending_dispatch' && mustDesignate(file.orders);
