import { access, rm } from 'node:fs/promises';
import type { World } from '../../core/world.ts';
import { holdUndrawn, settleUndrawn } from '../store.ts';
import { draw, inTurn } from './take.ts';
import { originalPath, undrawnDir } from './vault.ts';

/**
 * Draws the pictures whose senders were answered first, oldest first, until none is left. Each is one transaction, after which its
 * original goes: whoever is killed in between leaves it to the next run, and several at once take different ones.
 */
export async function drawWaiting(world: World): Promise<{ pictures: number; unreadable: number }> {
  const done = { pictures: 0, unreadable: 0 };
  for (;;) {
    const original = await world.db.transaction(async (trx) => {
      const next = await holdUndrawn(trx);
      if (!next) return null;
      // Without its folder the data is not there, and no picture is to blame.
      await access(undrawnDir(world.files_dir));
      const path = originalPath(world.files_dir, next.original!);
      const drawn = await inTurn(() => draw(world, { path, name: next.name }));
      await settleUndrawn(trx, next.original!, typeof drawn === 'string' ? 'unreadable' : drawn);
      done[typeof drawn === 'string' ? 'unreadable' : 'pictures'] += 1;
      return path;
    });
    if (original === null) return done;
    await rm(original, { force: true });
  }
}
