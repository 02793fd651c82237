import type { Router } from 'express';
import type { World } from '../core/world.ts';
import { makeDoor } from '../doors.ts';
import { draftRoutes } from './routes/draft.ts';
import { listRoutes } from './routes/list.ts';
import { scoreRoutes } from './routes/scores.ts';
import { whistleRoutes } from './routes/whistle.ts';

/** Whistle and check-in: the town or community calls, the departments come. */
export function whistles(world: World): Router {
  const door = makeDoor('/whistles');
  listRoutes(world, door);
  scoreRoutes(world, door);
  draftRoutes(world, door);
  whistleRoutes(world, door);
  return door.routes;
}
