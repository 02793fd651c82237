import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { plainJpeg } from './files/samples.ts';
import { browse, signIn } from './support/browser.ts';
import { makeCast } from './support/cast.ts';
import { freshDb, test, testConfig } from './support/world.ts';

const root = path.resolve(import.meta.dirname, '..');
const shared_url = 'http://12345.test';

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** `npm start` as one of several processes of a city: one database, one data folder, one public address. */
async function start(DATABASE_URL: string, DATA_DIR: string): Promise<{ address: string; child: ChildProcess }> {
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(root, 'src/launch.mjs'), 'start'], {
    cwd: os.tmpdir(),
    env: {
      PATH: process.env['PATH'],
      HOME: os.homedir(),
      DATABASE_URL,
      DATA_DIR,
      PORT: String(port),
      PUBLIC_URL: shared_url,
      DEMO: 'false',
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (said += chunk));
  for (let waited = 0; waited < 60_000 && !said.includes('Ready after') && child.exitCode === null; waited += 100)
    await sleep(100);
  expect(said).toContain('Ready after');
  return { address: `http://127.0.0.1:${port}`, child };
}

test('two processes on one database are one product: session, files, limits, what others do, and the end of one', {
  timeout: 120_000,
}, async () => {
  const { db, url } = await freshDb();
  await makeCast(db);
  const data_dir = mkdtempSync(path.join(testConfig().data_dir, 'two-'));
  const [one, two] = await Promise.all([start(url, data_dir), start(url, data_dir)]);

  // A session begun at one is a session at the other.
  const hotline = await signIn(one.address as never, 'hotline');
  const there = browse(two.address as never);
  Object.assign(there.agent, { jar: hotline.agent.jar });
  expect((await there.get('/appeals/new')).status).toBe(200);

  // Somebody looks at the desk of the second; the first registers an appeal with a photo.
  const reviewer = await signIn(two.address as never, 'review');
  const cookie = reviewer.agent.jar
    .getCookies({ domain: '127.0.0.1', path: '/', secure: false, script: false } as never)
    .toValueString();
  const line = await fetch(`${two.address}/live?at=/desks/review`, { headers: { cookie } });
  expect(line.headers.get('content-type')).toContain('text/event-stream');
  const reading = line.body!.getReader();
  const heard = (async () => {
    let text = '';
    while (!text.includes('queue-list')) text += new TextDecoder().decode((await reading.read()).value);
    return text;
  })();
  const form = await hotline.get('/appeals/new');
  const grid = (await db('units').where({ code: 'grid1' }).first())!;
  const made = await form.send('/appeals', {
    content: '三号楼路灯不亮',
    place: `unit:${grid.id}`,
    kind: 'help',
    category_code: '0304',
    priority: 'general',
    phone: '10000000001',
    files: [{ file: await plainJpeg(), filename: 'a.jpg', type: 'image/jpeg' }],
  });
  const number = (await db('appeals').first())!.number;
  expect(made.path).toContain(number);
  expect(await heard).toContain(number);
  await reading.cancel();
  const file = (await db('attachments').first())!;
  expect((await there.raw(`/files/${file.id}`)).status).toBe(200);

  // Wrong codes are counted by the city, not by the process.
  const answers: number[] = [];
  for (let n = 0; n < 6; n++) {
    const passer = browse((n % 2 === 0 ? one : two).address as never);
    answers.push((await passer.post('/progress', { number, code: 'WRONGCODE' })).status);
  }
  expect(answers.slice(0, 5)).not.toContain(429);
  expect(answers[5]).toBe(429);

  // One is stopped: its people go on at the other.
  one.child.kill('SIGTERM');
  await new Promise((resolve) => one.child.once('exit', resolve));
  expect((await there.get(`/appeals/${number}`)).status).toBe(200);
  expect((await there.raw('/readyz')).status).toBe(200);
});
