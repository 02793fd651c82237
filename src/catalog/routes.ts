import { Router } from 'express';
import type { World } from '../core/world.ts';
import { calendar } from './routes/calendar.ts';
import { categories } from './routes/categories.ts';
import { dispatchRules } from './routes/dispatch_rules.ts';
import { parameters } from './routes/parameters.ts';
import { ruleSets } from './routes/rule_sets.ts';

/** What decides who gets a case and by when: categories, dispatch catalogue, calendar, parameters. */
export function catalog(world: World): Router {
  const routes = Router();
  routes.use(categories(world));
  routes.use(dispatchRules(world));
  routes.use(ruleSets(world));
  routes.use(calendar(world));
  routes.use(parameters(world));
  return routes;
}
