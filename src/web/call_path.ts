import type { Lang } from '../words/words.ts';
import { words } from '../words/words.ts';
import { formats } from './format.ts';

export type Tier = 'city' | 'town' | 'community' | 'grid';

/** One station of a case on its way through the four tiers, oldest first. */
export interface PathStep {
  readonly tier: Tier;
  /** null: it has not happened yet */
  readonly at: Date | null;
  /** what happened or is waited for */
  readonly label: string;
  readonly who?: string | undefined;
  readonly state: 'past' | 'now' | 'waiting';
}

/** A call path laid out for drawing, in CSS pixels. */
export interface CallPath {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly { tier: Tier; label: string; y: number }[];
  readonly lines: readonly { d: string; waiting: boolean }[];
  readonly stops: readonly Stop[];
}

interface Stop {
  readonly tier: Tier;
  readonly tier_label: string;
  readonly state: PathStep['state'];
  readonly x: number;
  readonly y: number;
  readonly at: Date | null;
  readonly time: string;
  readonly label: string;
  readonly who: string;
  readonly first: Text;
  readonly second: Text;
  readonly anchor: 'start' | 'middle' | 'end';
}
interface Text {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

const tiers: readonly Tier[] = ['city', 'town', 'community', 'grid'];
const gap = 50;
const left = 48;
/** from the middle of one stop to the next: few stops stand wide, many as close as their words allow */
const spacingOf = (count: number) => (count <= 4 ? 230 : count <= 6 ? 180 : count <= 7 ? 152 : count <= 8 ? 136 : 122);

/** Lays out the way of a case: four lanes, a stop for each step, what waits hanging off the last stop reached. */
export function callPath(steps: readonly PathStep[], lang: Lang): CallPath {
  const t = words[lang].common;
  const fmt = formats[lang];
  const spacing = spacingOf(steps.length);
  const days = new Set(steps.flatMap((step) => (step.at ? [fmt.day(step.at)] : [])));
  const timeOf = (at: Date | null) => (at === null ? '' : days.size > 1 ? fmt.moment(at) : fmt.time(at));
  const reached = steps.findLastIndex((step) => step.state !== 'waiting');
  const lanes = steps.map((step) => tiers.indexOf(step.tier));
  // Where the line comes from and goes to. The words keep out of its way: right of one that comes up, left of one that goes down; above a
  // summit, and above the end of a level stretch, below which the words of its neighbour stand.
  const ways = steps.map((step, i) => {
    const lane = lanes[i]!;
    const before = lanes[step.state === 'waiting' ? reached : i - 1] ?? lane;
    const after = steps[i + 1]?.state === 'waiting' && i !== reached ? lane : (lanes[i + 1] ?? lane);
    const climbs = before > lane;
    const descends = after > lane;
    const from_level = before === lane;
    const to_level = i < steps.length - 1 && after === lane;
    const above = (climbs && (descends || to_level)) || (descends && from_level);
    // Nothing fits to the left of the first.
    const anchor = i === 0 ? 'start' : above || climbs === descends ? 'middle' : climbs ? 'start' : 'end';
    return { above, anchor } as const;
  });
  const top = ways.some(({ above }, i) => above && lanes[i] === 0) ? 46 : 28;
  const points = steps.map((_, i) => ({ x: left + i * spacing, y: top + lanes[i]! * gap }));

  const lines = points.flatMap((to, i) => {
    const waiting = steps[i]?.state === 'waiting';
    const from = points[waiting ? Math.max(reached, 0) : i - 1];
    return i === 0 || !from ? [] : [{ d: curve(from, to), waiting }];
  });

  const stops = steps.map((step, i): Stop => {
    const { x, y } = points[i] ?? { x: 0, y: 0 };
    const { above, anchor } = ways[i]!;
    const shift = anchor === 'start' ? -9 : anchor === 'end' ? 9 : 0;
    const room = (spacing - 10) / 12;
    const time = timeOf(step.at);
    const who = step.who ?? '';
    const second = [time, who].filter(Boolean).join(' ');
    const [firstY, secondY] = above ? [y - (second ? 30 : 16), y - 15] : [y + 23, y + 38];
    return {
      tier: step.tier,
      tier_label: t.tiers[step.tier],
      state: step.state,
      x,
      y,
      at: step.at,
      time,
      label: step.label,
      who,
      first: { text: shortened(step.label, room), x: x + shift, y: firstY },
      second: { text: shortened(second, room), x: x + shift, y: secondY },
      anchor,
    };
  });

  return {
    width: left + Math.max(0, steps.length - 1) * spacing + spacing / 2 + 8,
    height: top + 3 * gap + 50,
    lanes: tiers.map((tier, i) => ({ tier, label: t.tiers[tier], y: top + i * gap })),
    lines,
    stops,
  };
}

function curve(from: { x: number; y: number }, to: { x: number; y: number }): string {
  if (from.y === to.y) return `M${from.x} ${from.y}H${to.x}`;
  const middle = (from.x + to.x) / 2;
  return `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
}

/** Cuts a text to a width counted in Chinese characters. */
function shortened(text: string, room: number): string {
  let width = 0;
  let cut = '';
  for (const c of text) {
    width += c.charCodeAt(0) > 0x2e80 ? 1 : 0.56;
    if (width > room) return `${cut.trimEnd()}…`;
    cut += c;
  }
  return text;
}
