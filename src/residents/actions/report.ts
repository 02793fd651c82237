import { suggestCategory } from '../../analysis/actions.ts';
import { phoneHash } from '../../appeals/actions/register.ts';
import type { Channel } from '../../appeals/rules.ts';
import { findSubmission } from '../../appeals/store.ts';
import { rulebook } from '../../catalog/actions.ts';
import { countTry } from '../../core/limits.ts';
import type { World } from '../../core/world.ts';
import type { StoredFile } from '../../files/store.ts';
import { register } from '../../orders/actions/perform.ts';
import { words } from '../../words/words.ts';
import { reportTries } from '../rules.ts';
import { findReported } from '../store.ts';
import { codeHash, codeOf } from './keys.ts';

/** What a resident reports on a page, read and found good. */
export interface Report {
  readonly form_key: string;
  readonly channel: Channel & ('qr_code' | 'web');
  readonly place_unit_id: number;
  readonly building_id: number | null;
  readonly content: string | null;
  readonly address: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  readonly confidential: boolean;
  /** It is about those who look after this very place. */
  readonly about_own: boolean;
  readonly files: readonly StoredFile[];
  /** In which he is written to. */
  readonly lang: 'zh' | 'en';
}

export type Reported =
  | { readonly number: string; readonly code: string }
  /** The form was used before, for something else that was said. */
  | { readonly number: string; readonly code: null };

/** The words of a report; of one that was only spoken, that it was. */
const saidIn = (report: Report): string => report.content ?? words.zh.residents.spoken;

/** What an earlier arrival of the same form led to; undefined for the first. */
export async function findEarlier(world: World, report: Report): Promise<Reported | undefined> {
  const number = (await findSubmission(world.db, report.form_key))?.location;
  return number ? answerFor(world, report, number) : undefined;
}

/** Registers a report, once for each form, in the name of the appellant; its number, and the code that opens it. */
export async function report(world: World, given: Report, now: Date): Promise<Reported> {
  const { db } = world;
  const said = saidIn(given);
  const book = await rulebook(db);
  const category_code = given.content ? ((await suggestCategory(db, given.content, 1))[0]?.category ?? null) : null;
  const number = await register(
    world,
    { author: 'appellant', now, once: given.form_key },
    {
      channel: given.channel,
      kind: given.about_own ? 'complaint' : 'help',
      priority: (category_code !== null && book.categories.get(category_code)?.priority) || 'general',
      category_code,
      content: said,
      place_unit_id: given.place_unit_id,
      building_id: given.building_id,
      address: given.address ?? '',
      name: given.name ?? undefined,
      phone: given.phone ?? undefined,
      confidential: given.confidential,
      contact_wanted: given.phone !== null,
      about_unit_id: given.about_own ? given.place_unit_id : null,
      files: given.files,
      lang: given.lang,
      code_hash: codeHash(world, codeOf(world, given.form_key)),
    },
  );
  return answerFor(world, given, number);
}

async function answerFor(world: World, given: Report, number: string): Promise<Reported> {
  const found = await findReported(world.db, number);
  return { number, code: found?.content === saidIn(given) ? codeOf(world, given.form_key) : null };
}

/** Counts a report against its address, its number and its plate; true where one of them sent too many, and the challenge is to be met. */
export async function isTooMuch(
  world: World,
  by: { address: string; phone: string | null; plate_id: number | null },
  now: Date,
): Promise<boolean> {
  const keys = {
    address: by.address,
    phone: by.phone && phoneHash(world.config.data_key, by.phone),
    plate: by.plate_id,
  };
  let over = false;
  for (const [kind, { most, minutes }] of Object.entries(reportTries)) {
    const key = keys[kind as keyof typeof keys];
    if (key && (await countTry(world.db, `report:${kind}:${key}`, minutes, now)) > most) over = true;
  }
  return over;
}
