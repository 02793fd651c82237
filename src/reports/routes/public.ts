import type { Router } from 'express';
import { isPeriod } from '../../assessment/rules/periods.ts';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { idOf, makeDoor } from '../../doors.ts';
import { sharedOf, show } from '../../web/render.ts';
import { findPublished, findStory, listPublishedPeriods, listStories } from '../store/bulletins.ts';
import { documentOf } from './document.ts';

/** What everybody may read: published bulletins without small numbers, and typical cases. */
export function publicPages({ db }: World): Router {
  const door = makeDoor('/bulletins/public');

  door.get('/', 'public', async (_req, res) => {
    const { t, fmt } = sharedOf(res);
    const [bulletins, stories] = await Promise.all([listPublishedPeriods(db), listStories(db, true)]);
    show(
      res,
      'reports/public',
      { title: t.reports.public_title, layout: 'public' },
      {
        bulletins: bulletins.map(({ period, published_at }) => ({
          href: `/bulletins/public/${period}`,
          title: t.reports.bulletin(fmt.month(period)),
          day: fmt.day(published_at),
        })),
        stories: stories.map((row) => ({ href: `/bulletins/public/cases/${row.id}`, title: row.title, text: row.lesson })),
      },
    );
  });

  door.get('/cases/:id', 'public', async (req, res) => {
    const { t, fmt } = sharedOf(res);
    const story = await findStory(db, idOf(req.params['id']));
    if (!story?.approved_at || story.withdrawn_at) throw notFound();
    show(
      res,
      'reports/public_story',
      { title: story.title, layout: 'public' },
      { story, source: t.reports.source(t.layout.full_name, fmt.day(story.approved_at)) },
    );
  });

  door.get('/:period', 'public', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const period = req.params['period']!;
    const row = isPeriod(period) ? await findPublished(db, period) : undefined;
    if (!row) throw notFound();
    const document = documentOf(row, 'public', t, lang, fmt);
    show(res, 'reports/public_bulletin', { title: document.title, layout: 'public' }, { document });
  });

  return door.routes;
}
