import type { Router } from 'express';
import type { World } from '../core/world.ts';
import { makeDoor } from '../doors.ts';
import { evaluateRoutes } from './routes/evaluate.ts';
import { progressRoutes } from './routes/progress.ts';
import { reportRoutes } from './routes/report.ts';

/** The pages of residents: reporting from a plate or without one, following by number and code, rating by a link. */
export function residents(world: World): Router {
  const door = makeDoor('');
  reportRoutes(world, door);
  progressRoutes(world, door);
  evaluateRoutes(world, door);
  return door.routes;
}
