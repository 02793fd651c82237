import { Router } from 'express';
import type { World } from '../core/world.ts';
import { buildings } from './routes/buildings.ts';
import { gridPages } from './routes/grids.ts';

/** Grids and buildings: seen by everybody who works, kept by the town or community they stand in. */
export function grids(world: World): Router {
  const routes = Router();
  routes.use(gridPages(world));
  routes.use(buildings(world));
  return routes;
}
