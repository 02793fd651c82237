import type { Router } from 'express';
import type { World } from '../core/world.ts';
import { makeDoor } from '../doors.ts';
import { cardRoutes } from './routes/cards.ts';
import { orderRoutes } from './routes/orders.ts';
import { outstandingRoutes } from './routes/outstanding.ts';
import { trackingRoutes } from './routes/tracking.ts';

/** Cards, supervision orders, the ledger of key tracking, and what is outstanding. */
export function supervision(world: World): Router {
  const door = makeDoor('');
  cardRoutes(world, door);
  orderRoutes(world, door);
  trackingRoutes(world, door);
  outstandingRoutes(world, door);
  return door.routes;
}
