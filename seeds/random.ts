/** A seeded stream of chance: the same seed gives the same city on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** A new array in another order. */
  shuffle<T>(items: readonly T[]): T[];
  /** Roughly normal around `mean`, never below `low`. */
  normal(mean: number, deviation: number, low: number): number;
  /** An independent stream, so that a change in one part of the city leaves the others as they were. */
  fork(name: string): Random;
  /** Becomes the stream of that name: cheaper than a new one for each of a million appeals. */
  restart(name: string): void;
}

function seedOf(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return hash >>> 0;
}

export function makeRandom(seed: string): Random {
  let state = seedOf(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)]!,
    shuffle: (items) => {
      const out = items.slice();
      for (let i = out.length - 1; i > 0; i--) {
        const j = between(0, i);
        [out[i], out[j]] = [out[j]!, out[i]!];
      }
      return out;
    },
    normal: (mean, deviation, low) => Math.max(low, mean + (next() + next() + next() - 1.5) * 2 * deviation),
    fork: (name) => makeRandom(`${seed}/${name}`),
    restart: (name) => {
      state = seedOf(`${seed}/${name}`);
    },
  };
}

/** Draws indices in proportion to fixed weights, in constant time (Walker's alias method). */
export function makeWheel(weights: readonly number[]): (random: Random) => number {
  const n = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = weights.map((weight) => (weight * n) / total);
  const other = new Array<number>(n).fill(0);
  const small = share.flatMap((s, i) => (s < 1 ? [i] : []));
  const large = share.flatMap((s, i) => (s < 1 ? [] : [i]));
  while (small.length > 0 && large.length > 0) {
    const s = small.pop()!;
    const l = large.pop()!;
    other[s] = l;
    share[l] = share[l]! + share[s]! - 1;
    (share[l]! < 1 ? small : large).push(l);
  }
  for (const i of [...small, ...large]) share[i] = 1;
  return (random) => {
    const x = random.next() * n;
    const i = Math.floor(x);
    return x - i < share[i]! ? i : other[i]!;
  };
}

/** Splits a whole into `parts` integers near the mean, each from `low` to `high`, adding up exactly. */
export function split(random: Random, total: number, parts: number, low: number, high: number): number[] {
  const out = Array.from({ length: parts }, () => Math.floor(total / parts));
  for (let i = 0; i < total - Math.floor(total / parts) * parts; i++) out[i]!++;
  for (let round = 0; round < parts * 4; round++) {
    const from = random.between(0, parts - 1);
    const to = random.between(0, parts - 1);
    const room = Math.min(out[from]! - low, high - out[to]!);
    if (from === to || room <= 0) continue;
    const moved = random.between(0, Math.ceil(room / 2));
    out[from]! -= moved;
    out[to]! += moved;
  }
  return out;
}
