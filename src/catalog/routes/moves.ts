import { unitName } from '../../units/rules.ts';
import type { Shared, ToldMoves } from '../../views.ts';
import type { Move, Moves } from '../actions/edits.ts';
import type { Rulebook } from '../rules.ts';

/** What an edit would move, in words; numbers are linked for those who may read appeals. */
export function tellMoves(moves: Moves, { units }: Rulebook, { t, lang, fmt, now }: Shared, linked: boolean): ToldMoves {
  const w = t.catalog.moves;
  const lostNow = ({ late, due_after }: Move) => !late && due_after <= now;
  return {
    summary: [
      ...(moves.count > 0 ? [{ tone: 'warn' as const, text: w.count(moves.count) }] : []),
      ...(moves.lost > 0 ? [{ tone: 'late' as const, text: w.lost(moves.lost) }] : []),
      ...(moves.late > 0 ? [{ tone: 'done' as const, text: w.late(moves.late) }] : []),
    ],
    late: moves.late,
    more: moves.worst.length < moves.count + moves.late ? w.worst(moves.worst.length) : null,
    rows: moves.worst.map((move) => {
      const minutes = Math.round((move.due_after.getTime() - move.due_before.getTime()) / 60_000);
      const unit = move.unit_id === null ? undefined : units.get(move.unit_id);
      return {
        number: move.number,
        href: linked ? `/appeals/${move.number}` : null,
        unit: unit ? unitName(unit, lang) : '',
        clock: t.domain.clocks[move.kind],
        before: fmt.full(move.due_before),
        after: fmt.full(move.due_after),
        change: minutes < 0 ? w.earlier(fmt.span(-minutes)) : w.later(fmt.span(minutes)),
        mark: move.late
          ? { tone: 'late' as const, text: w.was_late }
          : lostNow(move)
            ? { tone: 'late' as const, text: w.lost_now }
            : null,
      };
    }),
  };
}
