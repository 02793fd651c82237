import { Router } from 'express';
import type { World } from '../core/world.ts';
import { bulletinPages } from './routes/bulletins.ts';
import { deductionPages } from './routes/deductions.ts';
import { overviewPages } from './routes/overview.ts';
import { pivotPages } from './routes/pivot.ts';
import { publicPages } from './routes/public.ts';
import { storyPages } from './routes/stories.ts';
import { timesPages } from './routes/times.ts';

/** What leaders read: the overview, pivots, working times, bulletins, typical cases, deductions. */
export function reports(world: World): Router {
  const routes = Router();
  routes.use(overviewPages(world), pivotPages(world), timesPages(world), deductionPages(world));
  routes.use('/bulletins/public', publicPages(world));
  routes.use('/bulletins', bulletinPages(world));
  routes.use('/case-stories', storyPages(world));
  return routes;
}
