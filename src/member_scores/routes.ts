import { Router } from 'express';
import type { World } from '../core/world.ts';
import { makeDoor } from '../doors.ts';
import { entryRoutes } from './routes/entries.ts';
import { listRoutes } from './routes/list.ts';
import { scoreRoutes } from './routes/score.ts';

/** What linked members did in a month, scored by the community and confirmed by the street. */
export function memberScores(world: World): Router {
  const door = makeDoor('/member-scores');
  listRoutes(world, door);
  entryRoutes(world, door);
  scoreRoutes(world, door);
  return Router().use('/member-scores', door.routes);
}
