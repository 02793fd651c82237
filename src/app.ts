import { randomBytes, randomUUID } from 'node:crypto';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { accounts } from './accounts/routes.ts';
import { readableSql } from './appeals/store.ts';
import { assessment } from './assessment/routes.ts';
import { audit } from './audit/routes.ts';
import { callbacks } from './callbacks/routes.ts';
import { catalog } from './catalog/routes.ts';
import type { World } from './core/world.ts';
import { caseTopic } from './desks/routes/case.ts';
import { deskTopic } from './desks/routes/queue.ts';
import { wallTopic } from './desks/routes/wall.ts';
import { desks } from './desks/routes.ts';
import { registry } from './doors.ts';
import { answerFailures, answerNothing } from './failures.ts';
import { files } from './files/routes.ts';
import { grids } from './grids/routes.ts';
import { health, healthPage } from './health.ts';
import { help } from './help/routes.ts';
import { integrity } from './integrity/routes.ts';
import { jobs } from './jobs.ts';
import { live } from './live.ts';
import { memberScores } from './member_scores/routes.ts';
import { members } from './members/routes.ts';
import { menu } from './menu.ts';
import { messages } from './messages/routes.ts';
import { party } from './party/routes.ts';
import { people, signedIn } from './people/routes.ts';
import { showPhoneCase } from './phone/routes/todo.ts';
import { phone } from './phone/routes.ts';
import { plates } from './plates/routes.ts';
import { reports } from './reports/routes.ts';
import { residents } from './residents/routes.ts';
import { shifts } from './shifts/routes.ts';
import { supervision } from './supervision/routes.ts';
import { timetable } from './timetable.ts';
import { units } from './units/routes.ts';
import { visits } from './visits/routes.ts';
import { serveAssets, watchAssets } from './web/assets.ts';
import { easeReading } from './web/elder.ts';
import { speak } from './web/language.ts';
import { registerViews } from './web/render.ts';
import { sameOrigin } from './web/same_origin.ts';
import { whistleBoard, whistleNews } from './whistles/routes/whistle.ts';
import { whistles } from './whistles/routes.ts';
import { whistleScores } from './whistles/store/scores.ts';

/** The whole product as one request handler. Reads as its table of contents: what every request passes, then the features. */
export function createApp(world: World): Express {
  const { config, clock } = world;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', config.trust_proxy);
  app.set('query parser', 'simple');
  registerViews(app, { watch: !config.production });
  if (!config.production) watchAssets();

  app.use((_req, res, next) => {
    Object.assign(res.locals, {
      now: clock(),
      nonce: randomBytes(16).toString('base64'),
      request_id: randomUUID(),
      demo: config.demo,
    });
    next();
  });
  app.use(headers(config.public_url.startsWith('https:'), config.embed_origins));
  app.use('/assets', serveAssets);
  app.use(health(world));
  app.use(sameOrigin([config.public_url]));
  app.use(express.urlencoded({ extended: false, limit: '256kb', parameterLimit: 500 }));
  app.use(speak, easeReading);
  app.use(...signedIn(world));
  app.use(menu(world));
  const inbox = messages(world, readableSql);
  app.use(inbox.unread);
  const roster = shifts(world);
  app.use(roster.seat);

  app.use(people(world));
  app.use(roster.routes);
  app.use('/jobs', timetable(world, jobs));
  app.use('/health', healthPage(world, jobs));
  app.use(units(world));
  app.use(catalog(world));
  app.use(grids(world));
  app.use('/whistles', whistles(world));
  app.use(supervision(world));
  app.use(callbacks(world));
  app.use(members(world));
  app.use(plates(world));
  app.use(visits(world));
  app.use(party(world));
  app.use(assessment(world, whistleScores));
  app.use(memberScores(world));
  app.use(integrity(world));
  app.use(reports(world));
  app.use(accounts(world));
  app.use(audit(world));
  app.use(desks(world, { '/phone': showPhoneCase }));
  app.use(phone(world));
  app.use('/files', files(world, readableSql));
  app.use(inbox.routes);
  app.use(residents(world));
  app.use('/help', help(world));
  app.use(live(world, [deskTopic, caseTopic, whistleBoard, whistleNews, wallTopic]));

  app.use(answerNothing);
  app.use(answerFailures(world));
  return app;
}

/** Method, path and guard of every route, for printing and for the test that walks them as everybody. */
export function routeTable(world: World): { method: string; path: string; policy: string }[] {
  createApp(world);
  return registry.map(({ method, path, guard }) => ({ method: method.toUpperCase(), path, policy: guard }));
}

/** The pages that a city portal may show inside its own. */
const embeddable = /^\/(q|report|progress|directory|review|bulletins\/public)(\/|$)/;

function headers(secure: boolean, embed_origins: readonly string[]) {
  const others = (path: string) => (embeddable.test(path) ? embed_origins : []);
  return helmet({
    // Older than frame-ancestors, and cannot name more than one origin.
    xFrameOptions: embed_origins.length === 0,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", (_req, res) => `'nonce-${(res as unknown as express.Response).locals['nonce']}'`],
        imgSrc: ["'self'", 'blob:', 'data:'],
        mediaSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: [(req) => ["'self'", ...others((req as express.Request).path)].join(' ')],
        baseUri: ["'none'"],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
  });
}
