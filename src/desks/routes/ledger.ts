import type { Response } from 'express';
import { z } from 'zod';
import { phoneHash } from '../../appeals/actions/register.ts';
import { channels, kinds, levels, statuses } from '../../appeals/rules.ts';
import { rulebook } from '../../catalog/actions.ts';
import { priorities } from '../../catalog/rules.ts';
import { isLate } from '../../clocks/rules.ts';
import type { World } from '../../core/world.ts';
import { actorOf, type Door, idOf } from '../../doors.ts';
import { may, readsEverything } from '../../policy.ts';
import { requestExport } from '../../reports/actions/exports.ts';
import type { Option, Views } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, optionalPhone, optionalText, pick, readForm, text } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import {
  countLedger,
  filterNames,
  type LedgerFilter,
  type LedgerRow,
  listSavedFilters,
  page_rows,
  readLedger,
  readLedgerFilter,
  removeFilter,
  saveFilter,
} from '../store/ledger.ts';
import { sendExport } from './export.ts';
import { categoryPath, nameOf, placeLines, shortOf, toneOf } from './labels.ts';

/** Filters that come with a figure's link; the page tells them and lets go of them. */
const pinnedFilters = ['place', 'at', 'tier', 'stage', 'took'] as const;
const saveForm = z.object({ name: text(30), query: optionalText(1000) });
const exportForm = z.object({ purpose: text(100, 2), format: pick(['xlsx', 'csv']), query: optionalText(1000) });
const phoneForm = z.object({ q: optionalPhone() });

export function ledgerRoutes(world: World, door: Door): void {
  const { db } = world;

  door.get('/appeals', 'appeal.read', (req, res) => showLedger(res, new URL(req.originalUrl, 'http://here').searchParams, {}));

  door.post('/appeals/filters', 'appeal.read', async (req, res) => {
    const read = readForm(req.body, saveForm, 'save');
    const query = String((req.body as Record<string, unknown>)['query'] ?? '').slice(0, 1000);
    if (!read.ok) {
      res.status(422);
      return showLedger(res, new URLSearchParams(query), { save: read });
    }
    await saveFilter(db, actorOf(res).person_id, read.value.name, queryOf(readLedgerFilter(new URLSearchParams(query))));
    flash(req, 'ledger.saved_now');
    res.redirect(303, `/appeals?${query}`);
  });
  door.post('/appeals/filters/:id/remove', 'appeal.read', async (req, res) => {
    await removeFilter(db, actorOf(res).person_id, idOf(req.params['id']));
    flash(req, 'ledger.removed');
    res.redirect(303, '/appeals');
  });

  door.post('/appeals/export', 'appeal.export', async (req, res) => {
    const read = readForm(req.body, exportForm, 'export');
    const query = String((req.body as Record<string, unknown>)['query'] ?? '').slice(0, 1000);
    const params = new URLSearchParams(query);
    if (!read.ok) {
      res.status(422);
      return showLedger(res, params, { export: read });
    }
    const filter = readLedgerFilter(params);
    const { format, purpose } = read.value;
    const { now } = sharedOf(res);
    const actor = actorOf(res);
    const phone_hash = phoneOf(world, res, filter);
    const most = (await rulebook(db)).parameters['export.approval_above_rows'];
    if ((await countLedger(db, actor, filter, now, phone_hash, most + 1)) > most) {
      const rows = await countLedger(db, actor, filter, now, phone_hash, Number.MAX_SAFE_INTEGER);
      await requestExport(db, { author: actor, now }, { format, purpose, query: queryOf(filter), rows });
      flash(req, 'ledger.asked_now');
      return res.redirect(303, '/exports');
    }
    await sendExport(world, res, { filter, query: queryOf(filter), phone_hash, format, purpose });
  });

  async function showLedger(
    res: Response,
    query: URLSearchParams,
    forms: { save?: Views['desks/ledger']['save']; export?: Views['desks/ledger']['export'] },
  ): Promise<void> {
    const actor = actorOf(res);
    const { t, lang, fmt, now } = sharedOf(res);
    const filter = readLedgerFilter(query);
    const phone = phoneOf(world, res, filter);
    const idAt = (name: string) => (/^[1-9]\d{0,14}$/.test(query.get(name) ?? '') ? Number(query.get(name)) : undefined);
    const at = { before: idAt('before'), after: idAt('after') };
    const [book, { found, count }, saved] = await Promise.all([
      rulebook(db),
      readLedger(db, actor, filter, at, now, phone),
      listSavedFilters(db, actor.person_id),
    ]);
    const back = at.after !== undefined;
    const rows = back ? found.slice(0, page_rows).reverse() : found.slice(0, page_rows);
    const here = queryOf(filter);
    const link = (name: string, id: number | undefined) => `/appeals?${here}${here ? '&' : ''}${name}=${id}`;
    const areas = [...book.units.values()].filter(
      (unit) =>
        (unit.kind === 'town' || unit.kind === 'community') &&
        (actor.unit_kind === 'city' || actor.unit_kind === 'department' || unit.path.startsWith(actor.unit_path)),
    );
    const labelled = (list: readonly string[], words: Record<string, string>): Option[] =>
      list.map((value) => ({ value, label: words[value] ?? value }));
    const unit = filter.unit === null ? undefined : book.units.get(filter.unit);
    show(
      res,
      'desks/ledger',
      { title: t.ledger.title, nav: 'appeals' },
      {
        form: blankForm(Object.fromEntries(filterNames.map((name) => [name, query.get(name)])), 'l'),
        count: count > 1000 ? '1,000+' : count,
        pinned: pinnedFilters.flatMap((name) => {
          const value = filter[name];
          if (value === null) return [];
          const { [name]: _, ...rest } = Object.fromEntries(new URLSearchParams(here));
          return [{ name, value: String(value), label: pinnedText(name), href: `/appeals?${new URLSearchParams(rest)}` }];
        }),
        narrowed: filterNames.some((name) => name !== 'q' && query.get(name)),
        options: {
          status: labelled(statuses, t.domain.statuses),
          kind: labelled(kinds, t.domain.kinds),
          priority: labelled(priorities, t.domain.priorities),
          channel: labelled(channels, t.domain.channels),
          level: labelled([...levels, 'unrated', 'rated'], { ...t.domain.levels, rated: t.ledger.rated }),
          category: [
            ...[...book.categories.values()].map((one) => ({
              value: one.code,
              label: (one.parent_code ? '　' : '') + (lang === 'zh' ? one.name_zh : one.name_en),
            })),
            { value: 'none', label: t.ledger.no_category },
          ],
          area: areas
            .sort((a, b) => (a.path < b.path ? -1 : 1))
            .map((one) => ({ value: one.id, label: (one.kind === 'community' ? '　' : '') + shortOf(one, lang) })),
        },
        unit: unit ? [{ value: unit.id, label: nameOf(unit, lang) }] : [],
        rows: rows.map(rowView),
        query: here,
        saved: saved.map((one) => ({ id: one.id, name: one.name, href: `/appeals?${one.query}` })),
        newer:
          (back ? found.length > page_rows : at.before !== undefined) && rows.length > 0 ? link('after', rows[0]!.id) : undefined,
        older: (back || found.length > page_rows) && rows.length > 0 ? link('before', rows.at(-1)!.id) : undefined,
        exports: may(actor, 'appeal.export'),
        save: forms.save ?? blankForm({}, 'save'),
        export: forms.export ?? blankForm({ format: 'xlsx' }, 'export'),
      },
    );

    function pinnedText(name: (typeof pinnedFilters)[number]): string {
      const l = t.ledger;
      if (name === 'tier') return l.tier(t.ledger.tiers[filter.tier!]);
      if (name === 'stage') return l.stages[filter.stage!];
      if (name === 'took') return l.took(t.ledger.took_steps[filter.took!]);
      return l[name](nameOf(book.units.get(filter[name]!), lang));
    }
    function rowView(row: LedgerRow): Views['desks/ledger']['rows'][number] {
      const open = row.status === 'in_handling';
      return {
        number: row.number,
        href: `/appeals/${row.number}`,
        title: row.title,
        category: categoryPath(book, row.category_code, lang),
        place: placeLines(book, row.place_unit_id, lang),
        channel: t.domain.channels[row.channel],
        unit: shortOf(book.units.get(row.lead_unit_id ?? 0), lang),
        received: fmt.full(row.received_at),
        due: open && row.due_at ? fmt.left(row.due_at, now, row.received_at) : null,
        late: open && isLate(row.due_at, now),
        status: { tone: toneOf[row.status], text: t.domain.statuses[row.status] },
        level: row.level ? { tone: row.level === 'dissatisfied' ? 'late' : 'done', text: t.domain.levels[row.level] } : null,
        priority: row.priority,
        priority_text: t.domain.priorities[row.priority],
        confidential: row.confidential,
      };
    }
  }
}

/** A number typed into the search finds its caller's appeals, for the city's posts only. */
export function phoneOf({ config }: World, res: Response, filter: LedgerFilter): string | null {
  if (!/^[\d\s+()-]{7,}$/.test(filter.q) || /^\d{8}-\d+$/.test(filter.q) || !readsEverything(actorOf(res))) return null;
  const read = readForm({ q: filter.q }, phoneForm);
  return read.ok && read.value.q ? phoneHash(config.data_key, read.value.q) : null;
}

/** The filter as an address again, in one order: equal filters have equal addresses. */
export function queryOf(filter: LedgerFilter): string {
  const params = new URLSearchParams();
  for (const name of filterNames) {
    const value = filter[name];
    if (value !== null && value !== '' && value !== false) params.set(name, value === true ? '1' : String(value));
  }
  return params.toString();
}
