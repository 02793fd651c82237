import { readableSql } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { unitName } from '../../units/rules.ts';
import type { Tone } from '../../views.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import { outstandingFilter } from '../forms.ts';
import { ages } from '../rules.ts';
import { countOutstanding, listOutstanding, type Reached } from '../store/outstanding.ts';
import { readTurn, turnOf } from './turning.ts';

const page_size = 50;
const path = '/outstanding';
const rungOrder: readonly Reached[] = ['none', 'remind', 'urge', 'order', 'listed', 'talk'];
const rungLook: Record<Reached, { readonly tone: Tone; readonly icon_name: string }> = {
  none: { tone: 'done', icon_name: 'circle-dashed' },
  remind: { tone: 'new', icon_name: 'bell' },
  urge: { tone: 'warn', icon_name: 'speakerphone' },
  order: { tone: 'warn', icon_name: 'file-alert' },
  listed: { tone: 'late', icon_name: 'pin' },
  talk: { tone: 'late', icon_name: 'messages' },
};

/** What is still open, by unit, age and rung: what is closed is struck off by itself. */
export function outstandingRoutes({ db }: World, door: Door): void {
  door.get(path, 'supervision.read', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const actor = actorOf(res);
    const { unit, age, rung, after } = readFilter(req.query, outstandingFilter).value;
    const narrowed = unit !== null || age !== null || rung !== null;
    const turn = readTurn(after);
    const [units, found, book] = await Promise.all([
      narrowed ? [] : countOutstanding(db, actor, readableSql, now),
      narrowed ? listOutstanding(db, actor, readableSql, { unit, age, rung }, turn, now, page_size + 1) : [],
      rulebook(db),
    ]);
    const w = t.supervision;
    const named = (id: number) => unitName(book.units.get(id)!, lang);
    const rows = found.slice(0, page_size);
    const last = rows.at(-1);
    const here = { unit, age, rung };
    show(
      res,
      'supervision/outstanding',
      {
        title: w.outstanding_title,
        nav: 'outstanding',
        ...(narrowed && { crumbs: [{ label: w.outstanding_title, href: path }] }),
      },
      {
        heads: { ages: ages.map(({ key }) => w.ages[key]), rungs: rungOrder.map((one) => w.rungs[one]) },
        units: units.map((one) => ({
          unit: named(one.unit_id),
          total: { n: one.total, href: hrefOf(path, { unit: one.unit_id }) },
          ages: ages.map(({ key }) => ({ n: one[key], href: hrefOf(path, { unit: one.unit_id, age: key }), label: w.ages[key] })),
          rungs: rungOrder.map((key) => ({
            n: one[key],
            href: hrefOf(path, { unit: one.unit_id, rung: key }),
            label: w.rungs[key],
          })),
        })),
        narrowed: narrowed
          ? {
              text: [
                unit !== null && book.units.has(unit) ? named(unit) : w.every_unit,
                age && w.ages[age],
                rung && w.rungs[rung],
              ]
                .filter(Boolean)
                .join(' · '),
              ledger: unit === null ? null : hrefOf('/appeals', { unit, status: 'in_handling' }),
            }
          : null,
        rows: rows.map((row) => ({
          number: row.number,
          title: row.title,
          unit: named(row.unit_id),
          days: w.days(row.days),
          due: row.status === 'suspended' ? null : fmt.left(row.due_at, now, row.created_at),
          status: t.domain.orders[row.status],
          rung: { ...rungLook[row.rung], text: w.rungs[row.rung] },
        })),
        newer: turn ? hrefOf(path, here) : undefined,
        older:
          found.length > page_size && last
            ? hrefOf(path, { ...here, after: turnOf({ at: last.received_at, id: last.id }) })
            : undefined,
      },
    );
  });
}
