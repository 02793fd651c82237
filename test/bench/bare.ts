/**
 * What the product is measured against: node:http and pg, nothing else. It runs the statements of a script, each prepared under a
 * name, and sends the very bytes that the product sent. No session, no policy, no words, no templates.
 */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import pg from 'pg';
import type { Param, Script } from './scripts.ts';

type Rows = Record<string, unknown>[];

const scripts = new Map(
  (JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Script[]).map((script) => [
    `/${script.name}`,
    { ...script, body: Buffer.from(script.body) },
  ]),
);
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10, application_name: 'bare' });

function boundTo(param: Param, inputs: URLSearchParams, answers: readonly Rows[]): unknown {
  if ('value' in param) return param.value;
  if ('json' in param) return JSON.stringify(filled(param.json, inputs, answers));
  if ('input' in param) return inputs.get(param.input);
  const row = answers[param.statement]?.[param.row];
  const found = row?.[param.column];
  if (param.plus !== undefined) return Number(found) + param.plus;
  return param.before === undefined ? found : `${param.before}${String(found).padStart(4, '0')}`;
}

function filled(json: unknown, inputs: URLSearchParams, answers: readonly Rows[]): unknown {
  if (Array.isArray(json)) return json.map((one) => filled(one, inputs, answers));
  if (typeof json !== 'object' || json === null) return json;
  if ('param' in json) {
    const value = boundTo((json as { param: Param }).param, inputs, answers);
    // A bigint comes as text from pg; in the product's JSON it is a number.
    return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  }
  return Object.fromEntries(Object.entries(json).map(([key, one]) => [key, filled(one, inputs, answers)]));
}

async function run(script: Omit<Script, 'body'>, inputs: URLSearchParams): Promise<void> {
  const client = await pool.connect();
  const answers: Rows[] = [];
  try {
    if (script.transaction) await client.query('BEGIN');
    for (const [i, { text, params }] of script.statements.entries()) {
      const values = params.map((param) => boundTo(param, inputs, answers));
      // Two statements in one message cannot be prepared, here as there.
      const several = values.length === 0 && text.includes(';');
      answers.push((await client.query(several ? { text } : { name: `${script.name}-${i}`, text, values })).rows);
    }
    if (script.transaction) await client.query('COMMIT');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

http
  .createServer((req, res) => {
    const url = new URL(req.url!, 'http://bare');
    const script = scripts.get(url.pathname);
    if (!script) return res.writeHead(url.pathname === '/ready' ? 200 : 404).end();
    // A form is read to its end; nothing in it is needed.
    req.resume().on('end', () => {
      run(script, url.searchParams).then(
        () => res.writeHead(script.status, { ...script.headers, 'content-length': script.body.length }).end(script.body),
        (error: Error) => res.writeHead(500).end(`${error.stack}\n${JSON.stringify(error)}`),
      );
    });
  })
  .listen(Number(process.env['PORT']), '127.0.0.1');

process.on('SIGTERM', () => process.exit(0));
