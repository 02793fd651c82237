import { Router } from 'express';
import type { World } from '../core/world.ts';
import { codes } from './routes/codes.ts';
import { directory } from './routes/directory.ts';
import { keeping } from './routes/keeping.ts';
import { printing } from './routes/printing.ts';
import { reviewing } from './routes/reviewing.ts';
import { reviews } from './routes/reviews.ts';

/** Plates and what hangs on them: sheets, checks, household codes, reviews, the public directory. */
export function plates(world: World): Router {
  const routes = Router();
  routes.use(printing(world), codes(world), keeping(world));
  routes.use('/reviews', reviews(world));
  routes.use('/review', reviewing(world));
  routes.use('/directory', directory(world));
  return routes;
}
