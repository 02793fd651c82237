import type { World } from '../../core/world.ts';
import { actorOf, type Door } from '../../doors.ts';
import { blankForm } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { words } from '../../words/words.ts';
import { isOnDuty } from '../store.ts';

/** The person: post, duty, language, way out, and what waits on this phone. */
export function meRoutes({ db }: World, door: Door): void {
  door.get('/phone/me', 'phone.use', async (req, res) => {
    const actor = actorOf(res);
    const { t } = sharedOf(res);
    show(
      res,
      'phone/me',
      { title: actor.name, nav: 'phone_me', layout: 'phone/layout' },
      {
        post: res.locals.seat?.post ?? t.domain.posts[actor.post],
        unit: res.locals.seat?.unit ?? actor.unit_name,
        others: res.locals.seat?.others ?? [],
        ways: (res.locals.nav ?? []).flatMap((group) => group.items).filter(({ key }) => key !== 'phone'),
        on_duty: await isOnDuty(db, actor.post_id),
        language: blankForm({ lang: req.session.live!.account!.lang }, 'language'),
        languages: (['zh', 'en'] as const).map((value) => ({ value, label: words[value].people.language_name })),
      },
    );
  });
}
