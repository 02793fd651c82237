/**
 * The sweep over running clocks: everything that is overdue gets its cards, while a dispatcher holds an appeal and others act.
 *   npm run bench -- sweep [--appeals 1000000] [--open 30000] [--keep DIR]
 */
import path from 'node:path';
import { dayOf } from '../../src/core/clock.ts';
import { performOnOrder } from '../../src/orders/actions/perform.ts';
import { listActors } from '../../src/people/store.ts';
import { watchClocks } from '../../src/supervision/actions/watch.ts';
import { openCity } from './city.ts';

const say = (line = '') => console.log(line);
const limit_seconds = 2;

export async function run(args: readonly string[]): Promise<void> {
  const given = (name: string, usual: number) => {
    const at = args.indexOf(`--${name}`);
    return at < 0 ? usual : Number(args[at + 1]);
  };
  const keep = args.includes('--keep') ? path.resolve(process.env['INIT_CWD'] ?? '.', args[args.indexOf('--keep') + 1]!) : null;
  const city = await openCity(given('appeals', 1_000_000), keep, say);
  const { db } = city.world;
  try {
    const now = new Date();
    // So many of the history's ended orders are made to run: each has one clock, overdue to the minute.
    const wanted = given('open', 30_000);
    await db.raw(
      `update clocks set stopped_at = null, due_at = :due where id in (
         select min(id) from clocks where kind = 'handle' and work_order_id is not null group by work_order_id having bool_and(stopped_at is not null) limit :wanted)`,
      { due: new Date(now.getTime() - 60_000), wanted },
    );
    await db.raw('delete from alert_cards');
    await db.raw('delete from card_plans');
    await db.raw('vacuum analyze clocks');
    say(`${wanted.toLocaleString('en')} clocks run and are overdue; first the plan, as on the first day:`);
    const [order] = await db('work_orders as o')
      .join('appeals as a', 'a.id', 'o.appeal_id')
      .where({ 'o.status': 'pending_ack' })
      .limit(1)
      .select('o.id', 'o.unit_id', 'a.number');
    const post = await db('posts').where({ unit_id: order!.unit_id }).whereNull('valid_to').first();
    const [author] = await listActors(db, post!.person_id, dayOf(now));
    const held = await db.transaction();
    await held('appeals').where({ number: order!.number }).forUpdate().first();
    const began = performance.now();
    const first = await watchClocks(db, now);
    const seconds = (performance.now() - began) / 1000;
    await held.rollback();
    say(
      `  ${first.planned} planned, ${first.issued} cards, ${first.told} people told in ${seconds.toFixed(2)} s, with an appeal held`,
    );
    const again = performance.now();
    await watchClocks(db, new Date());
    say(`  again, with nothing due: ${((performance.now() - again) / 1000).toFixed(2)} s`);
    await db.raw('update card_plans set next_at = due_at where due_at = :due', { due: new Date(now.getTime() - 60_000) });
    await db.raw(`delete from alert_cards where color = 'red'`);
    const acting = performance.now();
    let waited = 0;
    const [swept] = await Promise.all([
      watchClocks(db, new Date()).then(({ issued }) => ({ issued, seconds: (performance.now() - acting) / 1000 })),
      performOnOrder(db, { author: author!, now: new Date() }, order!.number, order!.id, 'acknowledge', {}).then(() => {
        waited = performance.now() - acting;
      }),
    ]);
    say(
      `  ${swept.issued} red cards in ${swept.seconds.toFixed(2)} s (at most ${limit_seconds}); an act meanwhile took ${waited.toFixed(0)} ms`,
    );
    if (swept.seconds > limit_seconds) process.exitCode = 1;
  } finally {
    await city.stop();
  }
}
