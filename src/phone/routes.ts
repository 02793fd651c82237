import type { Router } from 'express';
import type { World } from '../core/world.ts';
import { makeDoor } from '../doors.ts';
import { gridRoutes } from './routes/grid.ts';
import { installRoutes } from './routes/install.ts';
import { meRoutes } from './routes/me.ts';
import { reportRoutes } from './routes/report.ts';
import { todoRoutes } from './routes/todo.ts';

/** The linked member's phone: to do, report, my grid, me; and what makes it an app that opens without a network. */
export function phone(world: World): Router {
  const door = makeDoor('');
  installRoutes(door);
  todoRoutes(world, door);
  reportRoutes(world, door);
  gridRoutes(world, door);
  meRoutes(world, door);
  return door.routes;
}
