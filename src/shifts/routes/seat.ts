import type { RequestHandler } from 'express';
import { hold } from '../../core/hold.ts';
import type { World } from '../../core/world.ts';
import { formats } from '../../web/format.ts';
import { words } from '../../words/words.ts';
import { deskOf, deskRule } from '../rules.ts';
import { findSeat } from '../store.ts';

type Seat = Awaited<ReturnType<typeof findSeat>>;
const hold_ms = 10_000;

/** For the head of a desk of the command centre: who is on duty at it, and whether the reader is. Looked up at most every 10 seconds. */
export function seat({ db }: World): RequestHandler {
  const seats = hold<Seat>(hold_ms);
  return async (req, res, next) => {
    const { actor, now, lang = 'zh' } = res.locals;
    const desk = actor && deskOf(actor.post);
    if (!actor || !now || !desk || deskRule(desk).at !== 'city' || req.method !== 'GET') return next();
    const found = await seats.get(String(actor.post_id), () => findSeat(db, desk, actor.post_id, now));
    const t = words[lang].shifts;
    if (found.rostered || found.names.length > 0) {
      res.locals.on_shift = {
        desk,
        text:
          found.names.length === 0
            ? t.nobody_on(t.desks[desk])
            : t.on_now(
                t.desks[desk],
                found.names.join(lang === 'zh' ? '、' : ', '),
                found.ends_at ? formats[lang].time(found.ends_at) : '',
              ),
        off: found.rostered && !found.on ? t.you_are_off : null,
      };
    }
    next();
  };
}
