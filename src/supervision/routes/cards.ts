import { rulebook } from '../../catalog/actions.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { unitName } from '../../units/rules.ts';
import type { Tone } from '../../views.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import { cardFilter } from '../forms.ts';
import { type Color, colors } from '../rules.ts';
import { countCards, listCards } from '../store/cards.ts';
import { readTurn, turnOf } from './turning.ts';

const page_size = 50;

/** How a card looks: never by its colour alone. */
export const cardLook: Record<Color, { readonly tone: Tone; readonly icon_name: string }> = {
  reminder: { tone: 'new', icon_name: 'bell' },
  yellow: { tone: 'warn', icon_name: 'alert-triangle' },
  red: { tone: 'late', icon_name: 'alert-octagon' },
};

export function cardRoutes({ db }: World, door: Door): void {
  door.get('/cards', 'supervision.read', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const actor = actorOf(res);
    const asked = readFilter(req.query, cardFilter).value;
    const turn = readTurn(asked.after);
    const [counts, found, book] = await Promise.all([
      countCards(db, actor),
      listCards(db, actor, asked.color, turn && { due_at: turn.at, id: turn.id }, page_size + 1),
      rulebook(db),
    ]);
    const rows = found.slice(0, page_size);
    const last = rows.at(-1);
    const w = t.supervision;
    show(
      res,
      'supervision/cards',
      { title: w.cards_title, nav: 'cards' },
      {
        tabs: [
          { href: '/cards', label: w.all, count: counts.reminder + counts.yellow + counts.red, current: asked.color === null },
          ...colors.toReversed().map((color) => ({
            href: hrefOf('/cards', { color }),
            label: w.colors[color],
            count: counts[color],
            hot: color === 'red' && counts.red > 0,
            current: asked.color === color,
          })),
        ],
        rows: rows.map((row) => ({
          number: row.number,
          title: row.title,
          card: { ...cardLook[row.color], text: w.colors[row.color] },
          clock: t.domain.clocks[row.kind],
          unit: unitName(book.units.get(row.unit_id)!, lang),
          due: fmt.left(row.due_at, now, row.started_at),
          issued: fmt.moment(row.issued_at),
        })),
        newer: turn ? hrefOf('/cards', { color: asked.color }) : undefined,
        older:
          found.length > page_size && last
            ? hrefOf('/cards', { color: asked.color, after: turnOf({ at: last.due_at, id: last.id }) })
            : undefined,
      },
    );
  });
}
