import { Router } from 'express';
import type { World } from './core/world.ts';

/** `/healthz`: the process answers. `/readyz`: so does the database, and their clocks agree within a second. */
export function health({ db, clock }: World): Router {
  const routes = Router();
  routes.get('/healthz', (_req, res) => {
    res.type('text').send('ok\n');
  });
  routes.get('/readyz', async (_req, res) => {
    const before = clock();
    const reached = await db.raw<{ rows: { now: Date }[] }>('select clock_timestamp() as now').then(
      ({ rows }) => rows[0]!.now,
      () => null,
    );
    const apart =
      reached === null ? null : Math.max(0, before.getTime() - reached.getTime(), reached.getTime() - clock().getTime());
    const ok = apart !== null && apart <= 1000;
    res.status(ok ? 200 : 503).json({ database: reached !== null, clock_apart_ms: apart, ok });
  });
  return routes;
}
