import { type RequestHandler, Router } from 'express';
import type { World } from '../core/world.ts';
import { makeDoor } from '../doors.ts';
import { handoverRoutes } from './routes/handover.ts';
import { rosterRoutes } from './routes/roster.ts';
import { seat } from './routes/seat.ts';
import { swapRoutes } from './routes/swap.ts';

/** The roster of the desks, who is on duty now, swaps and hand-over; and, for the head of each desk, who sits there. */
export function shifts(world: World): { seat: RequestHandler; routes: Router } {
  const door = makeDoor('/shifts');
  rosterRoutes(world, door);
  swapRoutes(world, door);
  handoverRoutes(world, door);
  return { seat: seat(world), routes: Router().use('/shifts', door.routes) };
}
