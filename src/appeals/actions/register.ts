import { rulebookWithin } from '../../catalog/actions.ts';
import type { Priority, Rulebook } from '../../catalog/rules.ts';
import { startClock } from '../../clocks/rules.ts';
import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { notFound } from '../../core/errors.ts';
import { hmac } from '../../core/hash.ts';
import { seal } from '../../core/seal.ts';
import { wordsOf } from '../../core/text.ts';
import type { World } from '../../core/world.ts';
import type { StoredFile } from '../../files/store.ts';
import { findUnit } from '../../units/store.ts';
import { type Channel, type Kind, titleOf } from '../rules.ts';
import { insertAppeal, insertAppellant, nextNumber, refreshScopes } from '../store.ts';
import { attach, type Case, type Doing, mustMay, newCase, note } from './case.ts';

export interface Registration {
  readonly channel: Channel;
  readonly kind: Kind;
  readonly priority: Priority;
  readonly category_code: string | null;
  readonly title?: string | undefined;
  readonly content: string;
  readonly place_unit_id: number;
  readonly building_id?: number | null | undefined;
  readonly address?: string | undefined;
  readonly name?: string | undefined;
  /** Normalised digits. */
  readonly phone?: string | undefined;
  readonly confidential?: boolean | undefined;
  readonly contact_wanted?: boolean | undefined;
  readonly about_unit_id?: number | null | undefined;
  readonly repeat_of_id?: number | null | undefined;
  readonly files?: readonly StoredFile[] | undefined;
  /** Of the page on which he reported: in which he is written to. */
  readonly lang?: 'zh' | 'en' | undefined;
  /** Of the code with which whoever reports it on a page may follow it. */
  readonly code_hash?: string | undefined;
  readonly received_at?: Date | undefined;
  readonly import_key?: string | undefined;
}

/** How a name and a number are shown before they are revealed. */
export const maskName = (name: string): string => (name === '' ? '' : `${[...name][0]}**`);
export const maskPhone = (phone: string): string =>
  phone.length < 8 ? phone.replace(/.(?=.{2})/g, '*') : `${phone.slice(0, 3)}****${phone.slice(-4)}`;
/** Finds a caller's earlier appeals without opening a number. */
export const phoneHash = (data_key: Buffer, phone: string): string => hmac(data_key, `phone:${phone}`);

/**
 * Creates the appeal inside the caller's transaction: number, appellant (sealed), words for search, scopes and the first row of the
 * trail. `status` is where it stands at once; whoever registers it in handling makes its order next.
 */
export async function createAppeal(
  world: World,
  trx: Db,
  doing: Doing,
  given: Registration,
  status: 'pending_review' | 'in_handling',
  book?: Rulebook,
): Promise<Case> {
  const { data_key } = world.config;
  const rules = book ?? (await rulebookWithin(trx, world.db));
  const place = await findUnit(trx, given.place_unit_id);
  if (!place) throw notFound();
  const about = given.about_unit_id ? await findUnit(trx, given.about_unit_id) : undefined;
  const phone = given.phone ?? '';
  const name = given.name ?? '';
  const appellant_id =
    phone === '' && name === ''
      ? null
      : await insertAppellant(trx, {
          name_masked: maskName(name),
          name_sealed: name === '' ? null : seal(data_key, name),
          phone_masked: maskPhone(phone),
          phone_sealed: phone === '' ? null : seal(data_key, phone),
          phone_hash: phone === '' ? null : phoneHash(data_key, phone),
          lang: given.lang ?? 'zh',
        });
  const title = given.title?.trim() || titleOf(given.content);
  const author = doing.author;
  const received_at = given.received_at ?? doing.now;
  const clock =
    status === 'pending_review'
      ? startClock('review', rules, { priority: given.priority, category_code: given.category_code }, doing.now)
      : null;
  const row = await insertAppeal(trx, {
    number: await nextNumber(trx, dayOf(received_at)),
    status,
    channel: given.channel,
    kind: given.kind,
    priority: given.priority,
    category_code: given.category_code,
    title,
    content: given.content,
    words: wordsOf(`${title} ${given.content} ${given.address ?? ''}`),
    place_unit_id: given.place_unit_id,
    building_id: given.building_id ?? null,
    address: given.address ?? '',
    appellant_id,
    confidential: given.confidential ?? false,
    contact_wanted: given.contact_wanted ?? true,
    about_unit_id: given.about_unit_id ?? null,
    registered_by: typeof author === 'object' ? author.person_id : null,
    registered_unit_id: typeof author === 'object' ? author.unit_id : given.place_unit_id,
    received_at,
    repeat_of_id: given.repeat_of_id ?? null,
    code_hash: given.code_hash ?? null,
    import_key: given.import_key ?? null,
    step_due_at: clock?.due_at ?? null,
  });
  const held = newCase(trx, rules, doing, { ...row, place_path: place.path, about_path: about?.path ?? null, readable: true });
  mustMay(held, 'appeal.register');
  if (clock) held.starts.push({ ...clock, work_order_id: null });
  note(held, {
    act: 'register',
    from_status: null,
    to_status: status,
    work_order_id: null,
    input: {
      channel: given.channel,
      kind: given.kind,
      priority: given.priority,
      category_code: given.category_code,
      place_unit_id: given.place_unit_id,
      content: given.content,
    },
  });
  const follow = given.code_hash === undefined ? {} : { follow: new URL('/progress', world.config.public_url).href };
  held.told.push({ event: 'registered', params: { number: row.number, ...follow } });
  await attach(held, given.files ?? [], 'report');
  await refreshScopes(trx, row.id);
  return held;
}
