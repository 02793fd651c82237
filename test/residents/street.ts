import { createApp } from '../../src/app.ts';
import type { World } from '../../src/core/world.ts';
import { newPlateCode, plateAddress } from '../../src/plates/actions.ts';
import { type Browser, browse, type Fill, type Page, signIn } from '../support/browser.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';

/** The cast, a plate on the building of its first grid, and whoever passes by. */
export interface Street extends Stage {
  /** The path that the plate leads to. */
  readonly plate: string;
  readonly plate_id: number;
  /** Somebody who passes, with a browser of his own. */
  passer(): Browser;
  as(who: PersonName): Promise<Browser>;
  /** Reports from the plate: the page with number and code, and both. */
  report(fill?: Fill, browser?: Browser): Promise<{ page: Page; number: string; code: string }>;
  /** Opens a case by number and code. */
  look(number: string, code: string, browser?: Browser): Promise<Page>;
  /** A report from the plate, done by the grid's member and approved by its community. */
  handled(fill?: Fill): Promise<{ number: string; code: string }>;
  handle(number: string): Promise<void>;
}

export const readReceipt = (page: Page): { number: string; code: string } => {
  const number = /\d{8}-\d{4}/.exec(page.text)?.[0];
  const code = /[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/.exec(page.text)?.[0];
  if (!number || !code) throw new Error(`${page.path} (${page.status}) shows no number and code: ${page.text.slice(0, 400)}`);
  return { number, code };
};

/** A plate on the only building of the cast: its row, and the path that it leads to. */
export async function hangPlate(world: World): Promise<{ id: number; path: string }> {
  const building = (await world.db('buildings').first())!;
  const code = newPlateCode();
  const [row] = await world
    .db('plates')
    .insert({ code, building_id: building.id, version: 1, made_at: world.clock() })
    .returning('id');
  return { id: row!.id, path: new URL(plateAddress(world, code)).pathname };
}

export async function openStreet(world: World): Promise<Street> {
  const stage = await makeStage(world);
  const app = createApp(world);
  const { path: plate, id } = await hangPlate(world);
  const street: Street = {
    ...stage,
    plate,
    plate_id: id,
    passer: () => browse(app),
    as: (who) => signIn(app, who),
    report: async (fill = {}, browser = browse(app)) => {
      const form = await browser.get(plate);
      const page = await form.send(plate, { content: '楼道灯坏了三天，晚上看不见路。', ...fill });
      return { page, ...readReceipt(page) };
    },
    look: async (number, code, browser = browse(app)) => (await browser.get('/progress')).send('/progress', { number, code }),
    handle: async (number) => {
      await stage.order('member1', number, 'acknowledge', {});
      await stage.order('member1', number, 'submit', { result: '已换灯泡', outcome: 'solved' });
      await stage.order('huayuan_clerk', number, 'approve', {});
    },
    handled: async (fill) => {
      const { number, code } = await street.report(fill);
      await street.handle(number);
      return { number, code };
    },
  };
  return street;
}
