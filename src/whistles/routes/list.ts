import { rulebook } from '../../catalog/actions.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { may } from '../../policy.ts';
import { unitName } from '../../units/rules.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter } from '../../web/submit.ts';
import { listFilter } from '../forms.ts';
import { isOver } from '../rules.ts';
import { countWhistles, listWhistles, tabs } from '../store/lists.ts';
import { toneOf } from './labels.ts';

const page_size = 30;
/** Tabs for those only who call, or are called. */
const shownTo = { called: 'whistle.check_in', calling: 'whistle.rate', approval: 'whistle.issue' } as const;

export function listRoutes({ db }: World, door: Door): void {
  door.get('/', 'whistle.read', async (req, res) => {
    const { t, lang, fmt, now } = sharedOf(res);
    const w = t.whistles;
    const actor = actorOf(res);
    const self = { caller_unit_id: actor.unit_id, called_unit_ids: [actor.unit_id] };
    const mine = tabs.filter((tab) => tab === 'running' || tab === 'over' || may(actor, shownTo[tab], self));
    const { value } = readFilter(req.query, listFilter);
    const [counts, book] = await Promise.all([countWhistles(db, actor), rulebook(db)]);
    const tab = mine.find((one) => one === value.tab) ?? mine.find((one) => counts[one] > 0) ?? mine[0]!;
    const found = await listWhistles(db, actor, tab, value, page_size);
    const name = (id: number) => {
      const unit = book.units.get(id);
      return unit ? (lang === 'zh' ? unit.short_zh : unitName(unit, lang)) : String(id);
    };
    show(
      res,
      'whistles/list',
      { title: w.title, nav: 'whistles' },
      {
        may_draft: may(actor, 'whistle.draft', self),
        tabs: mine.map((one) => ({
          href: hrefOf('/whistles', { tab: one }),
          label: w.tabs[one],
          ...(one === 'over' ? {} : { count: counts[one], hot: one === 'approval' && counts[one] > 0 }),
          current: one === tab,
        })),
        rows: found.rows.map((row) => ({
          id: row.id,
          title: row.title,
          kind: w.kinds[row.kind],
          urgent: row.kind === 'emergency',
          caller: name(row.unit_id),
          called: row.unit_ids.map(name).join(t.common.comma),
          answered: row.issued_at ? w.called_count(row.answered, row.unit_ids.length) : null,
          status: { tone: toneOf[row.status], text: w.statuses[row.status] },
          due: row.due_at && !isOver(row.status) && row.issued_at ? fmt.left(row.due_at, now, row.issued_at) : null,
          day: fmt.day(row.issued_at ?? row.drafted_at),
          demo: row.demo,
        })),
        newer: found.newer ? hrefOf('/whistles', { tab, before: found.newer }) : undefined,
        older: found.older ? hrefOf('/whistles', { tab, after: found.older }) : undefined,
      },
    );
  });
}
