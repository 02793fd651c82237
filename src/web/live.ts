import type { Change, Changes, Hear } from '../core/changes.ts';

/** Something on a page that changes by itself. What two pages show alike has one key and is rendered once for both. */
export interface Topic {
  readonly key: string;
  concerns(change: Change): boolean;
  render(): Promise<Said>;
}
/** A piece for the page, sent as JSON: `stream` holds turbo-streams, the others are for its scripts. */
export interface Said {
  readonly event: 'stream' | 'seat' | 'case';
  readonly data: unknown;
}
/** Gets what was said once for all pages: its data is one line of JSON already. */
export type Send = (event: Said['event'], json: string) => void;

export interface Hub {
  /** From now on `send` gets the topic whenever it has changed, and once in `again_ms`, because time passes too; what it returns ends that. */
  watch(topic: Topic, send: Send): () => void;
  /** Renders it for one page that may have missed something. */
  once(topic: Topic, send: Send): Promise<void>;
  stop(): void;
}

interface Watched {
  readonly topic: Topic;
  readonly sends: Set<Send>;
  last: string;
  last_at: number;
  timer: NodeJS.Timeout | undefined;
}

/** A first change is shown at once, those that follow together: no topic is rendered more often than that. */
const gap_ms = 1000;
const gather_ms = 40;
const again_ms = 60_000;

export function makeHub(changes: Changes, failed: (error: unknown) => void): Hub {
  const watched = new Map<string, Watched>();

  async function show(one: Watched): Promise<void> {
    one.timer = undefined;
    one.last_at = performance.now();
    try {
      const { event, data } = await one.topic.render();
      const json = JSON.stringify(data);
      // A change elsewhere in the city leaves most lists as they are.
      if (json === one.last) return;
      one.last = json;
      for (const send of one.sends) send(event, json);
    } catch (error) {
      failed(error);
    }
  }
  function due(one: Watched): void {
    one.timer ??= setTimeout(() => void show(one), Math.max(gather_ms, one.last_at + gap_ms - performance.now()));
  }
  const hear: Hear = (change) => {
    for (const one of watched.values()) if (change === 'anything' || one.topic.concerns(change)) due(one);
  };
  const ignore = changes.listen(hear);
  const passing = setInterval(() => hear('anything'), again_ms);
  passing.unref();

  return {
    watch(topic, send) {
      const one = watched.get(topic.key) ?? { topic, sends: new Set(), last: '', last_at: 0, timer: undefined };
      watched.set(topic.key, one);
      one.sends.add(send);
      // What changed between this page's loading and its listening is sent with the next look.
      one.last = '';
      return () => {
        one.sends.delete(send);
        if (one.sends.size > 0) return;
        clearTimeout(one.timer);
        watched.delete(topic.key);
      };
    },
    async once(topic, send) {
      await topic.render().then(({ event, data }) => send(event, JSON.stringify(data)), failed);
    },
    stop() {
      ignore();
      clearInterval(passing);
      for (const one of watched.values()) clearTimeout(one.timer);
      watched.clear();
    },
  };
}
