/** Answers that many pages ask for and that may be some seconds old. */
export interface Hold<V> {
  /** What is held under this key, else what `read` finds; those who ask at once share one reading. */
  get(key: string, read: () => Promise<V>): Promise<V>;
  /** From now on it is read again; what is being read at this moment is given to those who wait for it and not kept. */
  drop(which: (key: string) => boolean): void;
}

/** Holds each answer for `ms`; a reading that fails is not held. */
export function hold<V>(ms: number): Hold<V> {
  const held = new Map<string, { readonly until: number; readonly answer: Promise<V> }>();
  return {
    async get(key, read) {
      const now = performance.now();
      const known = held.get(key);
      if (known && known.until > now) return known.answer;
      const fresh = { until: now + ms, answer: read() };
      held.set(key, fresh);
      fresh.answer.catch(() => held.get(key) === fresh && held.delete(key));
      return fresh.answer;
    },
    drop(which) {
      for (const key of held.keys()) if (which(key)) held.delete(key);
    },
  };
}
