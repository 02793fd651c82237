import { expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage } from '../support/make.ts';
import { inForce } from '../support/rules.ts';
import { test } from '../support/world.ts';

test('an appeal that two units return ends by designation, and the ruling becomes a rule of the catalogue', async ({ world }) => {
  const stage = await makeStage(world);
  const { units } = stage;
  await inForce(stage, [{ code: '0304', unit: 'housing' }]);
  const number = await stage.dispatched();
  const app = createApp(world);
  const as = (who: PersonName) => signIn(app, who);
  const order = async (unit: keyof typeof units) => `/appeals/${number}/orders/${(await stage.orderOf(number, unit)).id}`;
  const objection = { reason: '属公共部位，不归我单位', category_code: '0304' };

  // The objector sees by which rule it came, and names who should have it.
  const clerk = await (await as('housing_clerk')).get(`/appeals/${number}`);
  expect(clerk.text).toMatch(/派单依据：派单目录第 \d+ 条，住房物业 . 房屋质量维修，招远市 → 市住房和城乡建设局。/);
  await clerk.send(`${await order('housing')}/request_return`, { ...objection, suggested_unit_id: units.works.id });

  const dispatcher = await as('dispatch');
  const ruling = await dispatcher.get('/desks/dispatch?tab=returns');
  expect(ruling.text).toMatch(
    /退单 1 市住房和城乡建设局 待裁定 理由 属公共部位，不归我单位 .*应由哪个单位办理 市市政公用事业服务中心/,
  );
  await ruling.send(`${await order('housing')}/uphold_return`, { ruling: '公共部位归市政' });

  // Back at the desk the unit that was named stands first, the one that returned it last.
  const desk = await dispatcher.get('/desks/dispatch');
  expect(desk.text).toContain('市市政公用事业服务中心 市住房和城乡建设局退单时建议');
  expect(desk.text).toContain('市住房和城乡建设局 已退单');
  expect(desk.text).not.toContain('本次为指定办理');
  expect(desk.form(`/appeals/${number}/dispatch`).fields.get('lead_unit_id')?.given).toEqual([String(units.works.id)]);
  await desk.send(`/appeals/${number}/dispatch`);

  await (await (await as('works_clerk')).get(`/appeals/${number}`)).send(`${await order('works')}/request_return`, {
    ...objection,
    suggested_unit_id: units.housing.id,
  });
  await (await dispatcher.get('/desks/dispatch?tab=returns')).send(`${await order('works')}/uphold_return`, {
    ruling: '由热力办理',
  });

  // The third dispatch designates: the desk says so, and the unit is offered no return.
  const third = await dispatcher.get('/desks/dispatch');
  expect(third.text).toContain('已两次同意退单：本次为指定办理');
  await third.send(`/appeals/${number}/dispatch`, { lead_unit_id_other: units.heating.id });
  const designated = await (await as('heating_clerk')).get(`/appeals/${number}`);
  expect(designated.html).not.toContain('/request_return');
  const pressed = await (await as('heating_clerk')).post(`${await order('heating')}/request_return`, objection);
  expect([pressed.status, pressed.text]).toEqual([409, expect.stringContaining('已两次同意退单，本次分派即为指定办理')]);

  // The ruling is offered as a change of the catalogue, and filled in.
  const page = await dispatcher.get(`/appeals/${number}`);
  const [, propose] = /href="(\/dispatch-rules\/new\?return=\d+)"/.exec(page.html)!;
  const form = await dispatcher.get(propose!);
  const fields = form.form(propose!).fields;
  expect(['category_code', 'unit_id', 'reason'].map((name) => fields.get(name)?.given[0])).toEqual([
    '0304',
    String(units.works.id),
    '公共部位归市政',
  ]);
  const draft = await form.send(propose!);
  expect(draft.text).toContain(`公共部位归市政 退单裁定 ${number}`);
  expect((await (await as('housing_clerk')).get(`/appeals/${number}`)).html).not.toContain('/dispatch-rules/new');
});
