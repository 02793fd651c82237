type Waited = NodeJS.EventEmitter & { readonly destroyed: boolean };

/** Waits for whichever comes first, and then listens to none of them; not at all where a stream is over already. */
export const first = (...waited: readonly (readonly [Waited, string])[]): Promise<void> =>
  new Promise((resolve) => {
    if (waited.some(([stream]) => stream.destroyed)) return resolve();
    const done = () => {
      for (const [stream, event] of waited) stream.off(event, done);
      resolve();
    };
    for (const [stream, event] of waited) stream.on(event, done);
  });
