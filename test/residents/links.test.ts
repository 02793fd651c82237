import { describe, expect } from 'vitest';
import type { World } from '../../src/core/world.ts';
import { jobs } from '../../src/jobs.ts';
import type { Sms } from '../../src/messages/actions/ports.ts';
import { sendOutbox } from '../../src/messages/actions/send.ts';
import { sms_length } from '../../src/messages/rules.ts';
import { evaluationLink, purgeLinks, rateByLink } from '../../src/residents/actions/links.ts';
import { race } from '../support/races.ts';
import { freshDb, test } from '../support/world.ts';
import { openStreet, type Street } from './street.ts';

/** Everything that waits is sent; the texts. */
async function send(world: World): Promise<string[]> {
  const sent: Sms[] = [];
  await sendOutbox(world, world.clock(), { send: async (sms) => void sent.push(sms) }, evaluationLink);
  return sent.map(({ text }) => text);
}
const linkIn = (texts: readonly string[]): string => /\/e\/[\w-]+/.exec(texts.join('\n'))![0];
async function sentLink(street: Street): Promise<{ number: string; link: string; text: string }> {
  const { number } = await street.handled({ phone: '10000000001' });
  const texts = await send(street.world);
  return { number, link: linkIn(texts), text: texts.join('\n') };
}
const good = { solved: 'yes', contacted: 'yes', level: 'satisfied' } as const;
const rating = { solved: true, contacted: true, level: 'satisfied' } as const;

describe('the link in a text that asks for an evaluation', () => {
  test('comes when the work is done, and lies nowhere in clear', async ({ world }) => {
    const street = await openStreet(world);
    const { link, text } = await sentLink(street);
    const token = link.slice(3);
    expect(token.length * 6).toBeGreaterThanOrEqual(128);
    expect(text).toContain(`http://localhost:8080${link}`);
    const stored = JSON.stringify([await world.db('outbox'), await world.db('evaluation_links')]);
    expect(stored).not.toContain(token);
  });

  test('is not cut off by a long answer', async ({ world }) => {
    const street = await openStreet(world);
    const { number } = await street.report({ confidential: true, phone: '10000000001' });
    await street.act('review', number, 'answer', { answer: '长'.repeat(1000) });
    const text = (await send(world)).at(-1)!;
    expect([...text].length).toBeLessThanOrEqual(sms_length);
    const page = await street.passer().get(linkIn([text]));
    expect(page.status).toBe(200);
  });

  test('is opened as often as one likes and uses nothing up; sent, it works once', async ({ world }) => {
    const street = await openStreet(world);
    const { number, link } = await sentLink(street);
    for (let n = 0; n < 3; n++) expect((await street.passer().raw(link)).status).toBe(200);
    const page = await street.passer().get(link);
    expect(page.text).toContain('已换灯泡');
    expect((await page.send(link, good)).text).toContain('谢谢您的评价');
    expect(await world.db('evaluations').first()).toMatchObject({ source: 'page', level: 'satisfied', round: 1 });
    const again = await street.passer().get(link);
    expect(again.status).toBe(410);
    expect(again.text).toContain('这个评价链接已经用过');
    expect((await page.send(link, good)).status).toBe(410);
    expect((await street.appeal(number)).level).toBe('satisfied');
  });

  test('dissatisfied asks why without using it up, and starts the rework', async ({ world }) => {
    const street = await openStreet(world);
    const { number, link } = await sentLink(street);
    const page = await street.passer().get(link);
    const asked = await page.send(link, { ...good, level: 'dissatisfied' });
    expect(asked.status).toBe(422);
    await asked.send(link, { ...good, level: 'dissatisfied', remark: '灯又灭了' });
    expect(await street.appeal(number)).toMatchObject({ status: 'in_handling', round: 2 });
  });

  test('is bound to its round: the next round has its own', async ({ world }) => {
    const street = await openStreet(world);
    const { number, link } = await sentLink(street);
    await street.appellant(number, 'rate', { ...rating, level: 'dissatisfied', remark: '不行' });
    expect((await street.passer().get(link)).text).toContain('这一轮已经不能评价');
    await street.order('member1', number, 'submit', { result: '又换了一次', outcome: 'solved' });
    await street.order('huayuan_clerk', number, 'approve', {});
    expect((await street.passer().get(link)).status).toBe(410);
    await expect(rateByLink(world.db, link.slice(3), rating, world.clock())).rejects.toMatchObject({ status: 409 });
    const next = linkIn(await send(world));
    expect(next).not.toBe(link);
    expect((await street.passer().get(next)).status).toBe(200);
  });

  test('expires, and says what to do instead', async ({ world, clock }) => {
    const street = await openStreet(world);
    const { link } = await sentLink(street);
    const page = await street.passer().get(link);
    clock.addMinutes(14 * 1440);
    const late = await page.send(link, good);
    expect(late.status).toBe(410);
    for (const said of ['已过期', '查进度', '12345']) expect(late.text).toContain(said);
    expect(await world.db('evaluations')).toEqual([]);
  });

  test('after the callback has closed it, says so', async ({ world }) => {
    const street = await openStreet(world);
    const { number, link } = await sentLink(street);
    await street.act('callback', number, 'close', rating);
    expect((await street.passer().get(link)).text).toContain('这一轮已经不能评价');
  });

  test('that nobody made is not found', async ({ world }) => {
    const street = await openStreet(world);
    expect((await street.passer().get(`/e/${'A'.repeat(24)}`)).status).toBe(404);
  });
});

test('the job that sends the texts makes the link, and the purge forgets it a quarter of a year after its last day', async ({
  world,
  clock,
}) => {
  const street = await openStreet(world);
  await street.handled({ phone: '10000000001' });
  const run = (name: string) => jobs.find((job) => job.name === name)!.run(world, clock(), '');
  await run('send-outbox');
  expect(await world.db('evaluation_links').count({ n: '*' })).toEqual([{ n: 1 }]);
  clock.addMinutes((14 + 89) * 1440);
  expect(await purgeLinks(world, clock())).toBe(0);
  clock.addMinutes(2 * 1440);
  expect(await purgeLinks(world, clock())).toBe(1);
});

test('of many who use one link at once, one is counted', async () => {
  const { world } = await freshDb();
  const street = await openStreet(world);
  const { link } = await sentLink(street);
  const ends = await race(...Array.from({ length: 8 }, () => () => rateByLink(world.db, link.slice(3), rating, world.clock())));
  expect(ends.filter(Boolean)).toHaveLength(1);
  expect(await world.db('evaluations').count({ n: '*' })).toEqual([{ n: 1 }]);
});
