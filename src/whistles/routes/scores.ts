import { rulebook } from '../../catalog/actions.ts';
import { dayOf } from '../../core/clock.ts';
import type { World } from '../../core/world.ts';
import type { Door } from '../../doors.ts';
import { unitName } from '../../units/rules.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import { monthFilter } from '../forms.ts';
import { listUnitScores, listWhistlerShares, medianRate, rateOf } from '../store/scores.ts';

const monthAfter = (month: string, by: number): string => {
  const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
};

/** How units answer and how towns whistle, a month at a time; open to everybody who reads whistles. */
export function scoreRoutes({ db }: World, door: Door): void {
  door.get('/scores', 'whistle.read', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const today = dayOf(now).slice(0, 7);
    const month = readFilter(req.query, monthFilter).value.month ?? today;
    const [scores, shares, book] = await Promise.all([listUnitScores(db, month), listWhistlerShares(db, month), rulebook(db)]);
    const name = (id: number) => unitName(book.units.get(id)!, lang);
    const median = medianRate(shares);
    show(
      res,
      'whistles/scores',
      { title: t.whistles.scores, nav: 'whistles', crumbs: [{ label: t.whistles.title, href: '/whistles' }] },
      {
        month: fmt.month(month),
        older: hrefOf('/whistles/scores', { month: monthAfter(month, -1) }),
        newer: month < today ? hrefOf('/whistles/scores', { month: monthAfter(month, 1) }) : undefined,
        scores: scores.map(({ unit_id, whistles, score }) => ({ unit: name(unit_id), whistles, score })),
        shares: shares.map((share) => {
          const rate = rateOf(share);
          return {
            unit: name(share.unit_id),
            whistles: share.whistles,
            sound: share.whistles === 0 ? null : fmt.percent(share.sound / share.whistles),
            appeals: fmt.number(share.appeals),
            rate: rate === null ? null : fmt.percent(rate),
          };
        }),
        median: median === null ? t.whistles.no_median : t.whistles.median(fmt.percent(median)),
      },
    );
  });
}
