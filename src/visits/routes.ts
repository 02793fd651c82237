import type { Router } from 'express';
import type { World } from '../core/world.ts';
import { makeDoor } from '../doors.ts';
import { coverageRoutes } from './routes/coverage.ts';
import { dutyRoutes } from './routes/duties.ts';
import { fieldRoutes } from './routes/field.ts';
import { substituteRoutes } from './routes/substitutes.ts';
import { visitRoutes } from './routes/visits.ts';
import { watchRoutes } from './routes/watch.ts';

/** What linked members do at people's doors, and what their community sees of it. */
export function visits(world: World): Router {
  const door = makeDoor('');
  coverageRoutes(world, door);
  visitRoutes(world, door);
  watchRoutes(world, door);
  dutyRoutes(world, door);
  fieldRoutes(world, door);
  substituteRoutes(world, door);
  return door.routes;
}
