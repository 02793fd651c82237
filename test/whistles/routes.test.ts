import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { World } from '../../src/core/world.ts';
import { seats } from '../support/browser.ts';
import { test } from '../support/world.ts';
import { makeWhistles } from './stage.ts';

async function city(world: World) {
  const stage = await makeWhistles(world);
  return { ...stage, as: seats(createApp(world)) };
}

const written = {
  kind: 'routine',
  title: '背街小巷积水，多家管线交叉',
  reason: '雨后积水半米，居民出行困难。',
  tried: '已抽排两次，查不清哪家管线堵塞。',
  request: '到场查明，定出整改时限。',
  meeting_place: '花园社区会议室',
};

describe('a whistle on paper', () => {
  test('is drafted, proposed, approved, answered and rated, each by his own form', async ({ world, clock }) => {
    const { as, units } = await city(world);
    const form = await (await as('quanshan_clerk')).get('/whistles/new');
    const wrong = await form.send('/whistles/new', { kind: 'routine', title: written.title }, { press: '报批' });
    expect(wrong.status).toBe(422);
    expect(wrong.form('/whistles/new').fields.get('title')!.given).toEqual([written.title]);
    const page = await wrong.send(
      '/whistles/new',
      { ...written, subject: 'project', unit_ids: [String(units.housing.id), String(units.works.id)] },
      { press: '报批' },
    );
    expect(page.text).toContain('已报批');
    expect(page.text).toContain('等本单位另一位负责人批准');
    const here = page.path;
    expect((await (await as('quanshan_leader')).get('/whistles')).text).toContain(written.title);
    const issued = await (await (await as('quanshan_leader')).get(here)).send(`${here}/issue`);
    expect(issued.text).toContain('已答复 0 / 2');

    expect((await (await as('works_clerk')).raw(here)).status).toBe(200);
    expect((await (await as('heating_clerk')).raw(here)).status).toBe(404);
    expect((await (await as('heating_clerk')).get('/whistles?tab=running')).text).not.toContain(written.title);
    clock.addMinutes(5);
    const inbox = await (await as('housing_leader')).get('/messages');
    expect(inbox.text).toContain('吹哨：请应哨、报到');
    const called = await (await as('housing_leader')).get(here);
    const there = await called.send(`${here}/check_in`, {}, { press: '现场报到' });
    expect(there.text).toContain('housing_leader · 花园社区会议室');
    const online = await (await (await as('works_clerk')).get(here)).send(
      `${here}/check_in`,
      { attendee: '王工' },
      { press: '线上报到' },
    );
    expect(online.text).toContain('王工 · 线上');
    expect(online.text).toContain('会商中');

    const part = await (await (await as('quanshan_clerk')).get(here)).send(`${here}/add_part`, {
      unit_id: String(units.works.id),
      title: '疏通雨水管',
      due_on: '2026-11-25',
    });
    expect(part.text).toContain('还有任务没有确认完成');
    expect(part.offers(`${here}/resolve`)).toBe(false);
    await (await (await as('works_clerk')).get(here)).send(`${here}/report_part`, { report: '已疏通。' });
    await (await (await as('quanshan_clerk')).get(here)).send(`${here}/finish_part`);
    await (await (await as('quanshan_clerk')).get(here)).send(`${here}/resolve`, { outcome: '积水已消除。' });
    const half = await (await (await as('quanshan_clerk')).get(here)).send(`${here}/rate`, {
      [`timeliness_${units.works.id}`]: '5',
    });
    expect(half.status).toBe(422);
    const marks = Object.fromEntries(
      [units.works.id, units.housing.id].flatMap((id) =>
        ['timeliness', 'cooperation', 'result'].map((mark) => [`${mark}_${id}`, '5']),
      ),
    );
    const rated = await half.send(`${here}/rate`, marks);
    expect(rated.text).toContain('评价已提交');
    expect(rated.text).toContain('校验通过');
    const own = await (await as('works_clerk')).get(here);
    expect(own.text).toContain('及时 5');
    await own.send(`${here}/judge`, { necessity: '4' });
    const ended = await (await (await as('quanshan_leader')).get(here)).send(`${here}/end`);
    expect(ended.text).toContain('已结束');
    const scores = await (await as('leader')).get('/whistles/scores');
    expect(scores.text).toContain('100.00');
  });

  test('somebody was faster: the page as it now is, with what was typed', async ({ world }) => {
    const stage = await city(world);
    const id = await stage.issue();
    const here = `/whistles/${id}`;
    const open = await (await stage.as('housing_clerk')).get(here);
    await stage.do('housing_leader', id, 'check_in', { attendee: '李工', place: null });
    const late = await open.send(`${here}/refuse`, { refusal: '不属本单位法定职责，见条例第三条。' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('情况已有变化');
    expect(late.text).toContain('不属本单位法定职责，见条例第三条。');
    expect(late.text).toContain('李工 · 线上');
  });

  test('a draft can be changed by its unit’s clerk until it is proposed', async ({ world }) => {
    const { as, units } = await city(world);
    const clerk = await as('huayuan_clerk');
    const saved = await (await clerk.get('/whistles/new')).send(
      '/whistles/new',
      { ...written, subject: 'enterprise', unit_ids: [String(units.quanshan.id)] },
      { press: '保存草稿' },
    );
    expect((await (await as('jincheng_clerk')).raw(saved.path)).status).toBe(404);
    const edit = await clerk.get(`${saved.path}/draft`);
    const again = await edit.send(`${saved.path}/draft`, { title: '改过的标题', kind: 'project' }, { press: '报批' });
    expect(again.status).toBe(422);
    const proposed = await again.send(`${saved.path}/draft`, { ends_on: '2026-12-31' }, { press: '报批' });
    expect(proposed.text).toContain('改过的标题');
    expect(proposed.text).toContain('待批准');
    expect((await clerk.raw(`${saved.path}/draft`)).status).toBe(404);
  });
});

test('the holder of a case whistles from it; the case names the whistle to those who may read it', async ({ world }) => {
  const { as, register, order, units } = await city(world);
  const number = await register('member1', { channel: 'app_snapshot' });
  for (const who of ['member1', 'huayuan_clerk'] as const) {
    await order(who, number, 'acknowledge', {});
    await order(who, number, 'escalate', { tried: '已联系物业', needed: '需街道协调' });
  }
  const clerk = await as('quanshan_clerk');
  const form = await (await clerk.get(`/appeals/${number}`)).follow('吹哨 W');
  expect(form.path).toBe(`/whistles/new?appeal=${number}`);
  const page = await form.send('/whistles/new', { ...written, unit_ids: [String(units.works.id)] }, { press: '报批' });
  expect(page.text).toContain(number);
  expect((await clerk.get(`/appeals/${number}`)).text).toContain(written.title);
  expect((await (await as('member1')).get(`/appeals/${number}`)).text).not.toContain(written.title);
  expect((await (await as('xinzhuang_clerk')).raw(`/whistles/new?appeal=${number}`)).status).toBe(404);
});
