import { Router } from 'express';
import type { Db } from '../core/db.ts';
import type { World } from '../core/world.ts';
import { casePages } from './routes/cases.ts';
import { requestPages } from './routes/requests.ts';
import { schemePages } from './routes/schemes.ts';
import { tablePages } from './routes/table.ts';
import { unitPages } from './routes/unit.ts';
import type { Period } from './rules/periods.ts';

/** Whoever keeps whistles says what each unit scored on them in a month, as text at two decimals; published beside S, never in it. */
export type WhistleScores = (db: Db, period: Period) => Promise<ReadonlyMap<number, string>>;

/** The assessment of units: published tables, what each figure is made of, exclusions, objections, versions of the schemes. */
export function assessment(world: World, whistleScores: WhistleScores = async () => new Map()): Router {
  const routes = Router();
  routes.use(schemePages(world), requestPages(world), unitPages(world), casePages(world), tablePages(world, whistleScores));
  return routes;
}
