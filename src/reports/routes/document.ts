import { decimal, decimalOrNull, fraction, percentage } from '../../assessment/rules/exact.ts';
import { groups } from '../../assessment/rules/score.ts';
import type { BulletinDocument } from '../../views.ts';
import type { Format } from '../../web/format.ts';
import type { Lang, Words } from '../../words/words.ts';
import { hiddenOf, listsOf, type Share, smallest_public, type UnitLine } from '../rules/bulletins.ts';
import { lengthsOf } from '../rules/charts.ts';
import type { BulletinRow } from '../store/bulletins.ts';

/** A bulletin as it is read: inside whole, by the public without small numbers and without red and black lists. */
export function documentOf(row: BulletinRow, audience: 'inside' | 'public', t: Words, lang: Lang, fmt: Format): BulletinDocument {
  const r = t.reports;
  const { figures } = row;
  const open = audience === 'public';
  const bars = (shares: readonly Share[]) => {
    const hidden = open ? hiddenOf(shares.map(({ n }) => n)) : new Set<number>();
    const all = shares.reduce((sum, { n }) => sum + n, 0);
    const lengths = lengthsOf(shares.map(({ n }, i) => (hidden.has(i) ? 0 : n)));
    return shares.map(({ name, n }, i) => ({
      name: name[lang],
      href: null,
      value: hidden.has(i) ? r.small : fmt.number(n),
      share: hidden.has(i) ? '' : `${decimal(percentage(fraction(n, all)))}%`,
      from: 0,
      width: lengths[i]!,
      low: false,
    }));
  };
  const hidden_units = open ? hiddenOf(figures.units.map(({ n }) => n)) : new Set<number>();
  const small = new Set([...hidden_units].map((i) => figures.units[i]!.unit_id));
  const count = (n: number) => (open && n > 0 && n < smallest_public ? r.small : fmt.number(n));
  const line = (one: UnitLine): string[] => {
    const told = (value: number | null) => (small.has(one.unit_id) ? '' : (decimalOrNull(value) ?? ''));
    // A rate of one or two ratings is what one or two people said.
    const voices = (value: number | null) => (open && one.rated < smallest_public ? '' : told(value));
    const [first = null, second = null, third = null] = one.terms;
    return [
      one.name[lang],
      small.has(one.unit_id) ? r.small : fmt.number(one.n),
      told(first),
      told(second),
      ...[third, one.score, one.satisfaction].map(voices),
      count(one.reworks),
      count(one.late),
      count(one.returned),
      one.deduction > 0 ? decimal(one.deduction) : '',
      one.rank === null ? t.assessment.states[one.state === 'scored' ? 'none' : one.state] : String(one.rank),
    ];
  };
  const { unit, n, timely, completion, evaluation, score, rate, reworks, late, returned, deduction, rank } = r.columns_of_units;
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
    columns: [unit, n, timely, completion, evaluation, score, rate, reworks, late, returned, deduction, rank],
    groups: groups
      .map((group) => ({
        title: `${r.unit_table} · ${r.groups[group]}`,
        rows: figures.units
          .filter((one) => one.group === group && one.n > 0)
          .sort((a, b) => (a.rank ?? 1000) - (b.rank ?? 1000) || b.n - a.n)
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
