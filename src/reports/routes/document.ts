import { decimal, decimalOrNull, fraction, percentage } from '../../assessment/rules/exact.ts';
import { groups } from '../../assessment/rules/score.ts';
import type { BulletinDocument } from '../../views.ts';
import type { Format } from '../../web/format.ts';
import type { Lang, Words } from '../../words/words.ts';
import { hiddenOf, type Keepable, keptOf, listsOf, type Share, type UnitLine } from '../rules/bulletins.ts';
import { lengthsOf } from '../rules/charts.ts';
import type { BulletinRow } from '../store/bulletins.ts';

/** A bulletin as it is read: inside whole, by the public without small numbers and without red and black lists. */
export function documentOf(row: BulletinRow, audience: 'inside' | 'public', t: Words, lang: Lang, fmt: Format): BulletinDocument {
  const r = t.reports;
  const { figures } = row;
  const open = audience === 'public';
  const bars = (shares: readonly Share[]) => {
    const hidden = open ? hiddenOf(shares.map(({ n }) => n)) : new Set<number>();
    if (hidden.size === shares.length) return [];
    const all = shares.reduce((sum, { n }) => sum + n, 0);
    // The longest first; where a hidden one stood would tell how long it is.
    const ordered = [
      ...shares.filter((_, i) => !hidden.has(i)),
      ...shares.filter((_, i) => hidden.has(i)).sort((a, b) => (a.key < b.key ? -1 : 1)),
    ];
    const shown = shares.length - hidden.size;
    const lengths = lengthsOf(ordered.map(({ n }, i) => (i < shown ? n : 0)));
    return ordered.map(({ name, n }, i) => ({
      name: name[lang],
      href: null,
      value: i < shown ? fmt.number(n) : r.kept,
      share: i < shown ? `${decimal(percentage(fraction(n, all)))}%` : '',
      from: 0,
      width: lengths[i]!,
      low: false,
    }));
  };
  const units = figures.units.filter((one) => one.n > 0);
  const kept = open ? keptOf(units) : new Map<number, ReadonlySet<Keepable>>();
  const size = (one: UnitLine) => (kept.get(one.unit_id)?.has('n') ? 0 : one.n);
  const line = (one: UnitLine): string[] => {
    const say = (name: Keepable, value: string | null | undefined) => (kept.get(one.unit_id)?.has(name) ? r.kept : (value ?? ''));
    const count = (name: 'n' | 'reworks' | 'late' | 'returned' | 'supervised') =>
      say(name, one[name] === undefined ? '' : fmt.number(one[name]));
    return [
      one.name[lang],
      count('n'),
      ...[0, 1, 2].map((i) => say('terms', decimalOrNull(one.terms[i] ?? null))),
      say('score', decimalOrNull(one.score)),
      say('satisfaction', decimalOrNull(one.satisfaction)),
      count('reworks'),
      count('late'),
      count('returned'),
      count('supervised'),
      one.deduction > 0 ? decimal(one.deduction) : '',
      one.rank === null ? t.assessment.states[one.state === 'scored' ? 'none' : one.state] : String(one.rank),
    ];
  };
  const { unit, n, timely, completion, evaluation, score, rate, reworks, late, returned, supervised, deduction, rank } =
    r.columns_of_units;
  return {
    title: r.bulletin(fmt.month(row.period)),
    note: row.revision > 1 ? `${r.revision(row.revision)}${row.reason ? ` · ${row.reason}` : ''}` : null,
    source: row.published_at ? r.source(t.layout.full_name, fmt.day(row.published_at)) : null,
    paragraphs: (lang === 'zh' ? row.text_zh : row.text_en).split('\n').filter(Boolean),
    blocks: [
      { title: r.by_channel, bars: bars(figures.channels) },
      { title: r.by_tier, bars: bars(figures.tiers) },
      { title: r.by_category, bars: bars(figures.categories) },
      { title: r.by_town, bars: bars(figures.towns) },
    ].filter((block) => block.bars.length > 0),
    columns: [unit, n, timely, completion, evaluation, score, rate, reworks, late, returned, supervised, deduction, rank],
    groups: groups
      .map((group) => ({
        title: `${r.unit_table} · ${r.groups[group]}`,
        rows: units
          .filter((one) => one.group === group)
          .sort((a, b) => (a.rank ?? 1000) - (b.rank ?? 1000) || size(b) - size(a))
          .map(line),
      }))
      .filter(({ rows }) => rows.length > 0),
    lists:
      open || !row.lists
        ? []
        : groups
            .map((group) => {
              const { red, black } = listsOf(figures.units, group);
              const told = (list: readonly UnitLine[]) =>
                list.map((one) => ({ name: one.name[lang], score: decimal(one.score!) }));
              return { title: r.groups[group], red: told(red), black: told(black) };
            })
            .filter(({ red }) => red.length > 0),
    suppressed: open,
  };
}
