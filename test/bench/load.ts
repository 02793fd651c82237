/** The load generator, a process of its own: so many clients on kept connections, each with one request at a time. */
import http from 'node:http';

/** What is asked of one server; each line goes to `process.send` back as a Measured. */
export interface Load {
  readonly origin: string;
  readonly clients: number;
  readonly seconds: number;
  /** Ends after so many answers, however long it took or was to take. */
  readonly most?: number;
  /** Asked one after the other; from the beginning again unless each may be sent only `once`. */
  readonly requests: readonly Asked[];
  readonly once: boolean;
  readonly status: number;
}
export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}
export interface Measured {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds of each answer. */
  readonly latencies: readonly number[];
  /** Status and beginning of the first answer that was not as it should be. */
  readonly wrong: string | null;
  readonly wrongs: number;
}

async function run({
  origin,
  clients,
  seconds,
  most = Number.POSITIVE_INFINITY,
  requests,
  once,
  status,
}: Load): Promise<Measured> {
  const { hostname, port } = new URL(origin);
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const latencies: number[] = [];
  let wrong: string | null = null;
  let wrongs = 0;
  let next = 0;
  const began = performance.now();
  const end = began + seconds * 1000;

  const ask = ({ method, path, headers, body }: Asked) =>
    new Promise<void>((resolve, reject) => {
      const at = performance.now();
      const req = http.request(
        {
          hostname,
          port,
          agent,
          method,
          path,
          headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
        },
        (res) => {
          const bad = res.statusCode !== status;
          let text = '';
          res.on('data', (chunk: Buffer) => {
            if (bad && text.length < 3000) text += chunk.toString();
          });
          res.on('end', () => {
            latencies.push(performance.now() - at);
            if (bad) {
              wrongs += 1;
              wrong ??= `${method} ${path}: ${res.statusCode} ${res.headers.location ?? ''} ${text.replace(/<[^>]*>|\s+/g, ' ').slice(0, 1500)}`;
            }
            resolve();
          });
        },
      );
      req.on('error', reject);
      req.end(body);
    });

  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < end) {
        if (next >= most || (once && next >= requests.length)) return;
        await ask(requests[next++ % requests.length]!);
      }
    }),
  );
  agent.destroy();
  return { requests: latencies.length, seconds: (performance.now() - began) / 1000, latencies, wrong, wrongs };
}

process.on('message', (load: Load) => {
  run(load).then(
    (measured) => process.send!(measured),
    (error: Error) =>
      process.send!({ requests: 0, seconds: 1, latencies: [], wrong: String(error.stack), wrongs: 1 } satisfies Measured),
  );
});
