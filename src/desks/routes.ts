import type { Router } from 'express';
import type { World } from '../core/world.ts';
import { makeDoor } from '../doors.ts';
import { sharedOf, show } from '../web/render.ts';
import { actRoutes, type Senders } from './routes/acts.ts';
import { caseView, showCase } from './routes/case.ts';
import { exportRoutes } from './routes/exports.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { queueRoutes } from './routes/queue.ts';
import { registerRoutes } from './routes/register.ts';
import { wallRoutes } from './routes/wall.ts';

/** Where people work on appeals: registration, the queues, the case. */
export function desks(world: World, senders: Senders = {}): Router {
  const door = makeDoor('');
  registerRoutes(world, door);
  ledgerRoutes(world, door);
  exportRoutes(world, door);
  queueRoutes(world, door);
  wallRoutes(world, door);
  door.get('/appeals/:number', 'appeal.read', (req, res) => showCase(world, req, res, req.params['number']!));
  door.get('/appeals/:number/print', 'appeal.read', async (req, res) => {
    const view = await caseView(world, res, req.params['number']!);
    show(
      res,
      'desks/print',
      {
        title: `${sharedOf(res).t.desks.sheet} ${view.number}`,
        nav: 'appeals',
        crumbs: [{ label: view.title, href: `/appeals/${view.number}` }],
      },
      { view },
    );
  });
  actRoutes(world, door, senders);
  return door.routes;
}
