import { decimal, fraction, percentage } from '../../assessment/rules/exact.ts';
import { type Lang, words } from '../../words/words.ts';
import { type BulletinFigures, hiddenOf, keptOf, type Share } from './bulletins.ts';

/** The figures as sentences; one paragraph a line. The public reads the same ones: nothing is told that it may not reckon. */
export function tell(figures: BulletinFigures, lang: Lang): string {
  const t = words[lang].reports.told;
  const n = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
  const share = (part: number, whole: number) => (whole === 0 ? '0.00%' : `${decimal(percentage(fraction(part, whole)))}%`);
  const against = (before: number | null) =>
    before === null || before === 0
      ? null
      : { up: figures.received >= before, by: share(Math.abs(figures.received - before), before) };
  const name = (one: { name: { zh: string; en: string } }) => one.name[lang];
  const rated = figures.satisfied + figures.basic + figures.dissatisfied;
  const below = figures.units
    .filter(({ deduction }) => deduction > 0)
    .sort((a, b) => b.deduction - a.deduction || b.gap! - a.gap!);
  const open = (shares: readonly Share[]): Share[] => {
    const hidden = hiddenOf(shares.map((one) => one.n));
    return shares.filter((_, i) => !hidden.has(i));
  };
  const leading = (shares: readonly Share[], say: (list: string) => string): string[] => {
    const told = open(shares).slice(0, 3);
    return told.length === 0 ? [] : [say(list(told.map((one) => t.share(name(one), n(one.n), share(one.n, figures.received)))))];
  };
  const kept = keptOf(figures.units.filter((one) => one.n > 0));
  const scored = ({ unit_id }: { unit_id: number }) => !kept.get(unit_id)?.has('score');
  const list = (parts: readonly string[]) => parts.join(t.comma);
  return [
    t.intake(
      t.month(figures.period.slice(0, 4), Number(figures.period.slice(5))),
      n(figures.received),
      against(figures.received_before),
      against(figures.received_year),
    ),
    open(figures.tiers).some(({ key }) => key === 'grid')
      ? t.ended(n(figures.ended), n(figures.ended_in_grid), share(figures.ended_in_grid, figures.ended))
      : t.ended_alone(n(figures.ended)),
    rated === 0 ? t.unrated : t.satisfied(share(figures.satisfied + figures.basic, rated), n(rated)),
    t.on_time(n(figures.n), share(figures.on_time, figures.n)),
    ...leading(figures.channels, t.sources),
    ...leading(figures.categories, t.topics),
    figures.base === null
      ? t.no_base
      : below.length === 0
        ? t.none_below(decimal(figures.base))
        : t.below(
            decimal(figures.base),
            below.length,
            list(below.map((one) => t.lost(name(one), scored(one) ? decimal(one.gap ?? 0) : null, decimal(one.deduction)))),
          ),
    below.length === 0 ? t.keep_on : t.mend,
  ].join('\n');
}
