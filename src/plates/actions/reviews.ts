import { dayOf } from '../../core/clock.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound, wrongFields } from '../../core/errors.ts';
import { hmac } from '../../core/hash.ts';
import { countTries, countTry, tooMany } from '../../core/limits.ts';
import type { World } from '../../core/world.ts';
import { may } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { publicLimits, readHouseholdCode } from '../rules.ts';
import { findHousehold, type HouseholdPlace } from '../store/codes.ts';
import { listReviewable, type ReviewableMember } from '../store/directory.ts';
import { holdReview, insertReview, unpublishReviewRow } from '../store/reviews.ts';
import { hashHouseholdCode } from './codes.ts';

export interface Reviewing {
  readonly household: HouseholdPlace;
  readonly members: readonly ReviewableMember[];
}

/** Whose code it is and whom that household may review. Wrong codes are counted by network: a few an hour, then none is looked at. */
export async function openReview(world: World, typed: string, network: string, now: Date): Promise<Reviewing> {
  const { db, config } = world;
  const key = `review:${network}`;
  const { tries, minutes } = publicLimits.review;
  if ((await countTries(db, key, now)) >= tries) throw tooMany();
  const code = readHouseholdCode(typed);
  const today = dayOf(now);
  const household = code && (await findHousehold(db, hashHouseholdCode(config.data_key, code), today));
  if (!household) {
    await countTry(db, key, minutes, now);
    throw wrongFields({ code: 'not_a_household_code' });
  }
  return { household, members: await listReviewable(db, household.grid_id, today) };
}

/** What lets a household speak once a month of each member, and does not name it: without the key nobody finds it out. */
export function voucherOf(
  data_key: Buffer,
  { building_id, household }: Pick<HouseholdPlace, 'building_id' | 'household'>,
  person_id: number,
  month: string,
): string {
  return hmac(data_key, `review: ${[building_id, household, person_id, month].join(' | ')}`);
}

export interface ReviewInput {
  readonly code: string;
  readonly person_id: number;
  readonly stars: number;
  readonly words: string;
}

/** A household's word on its member: one a month for each. What is kept does not tell the household, nor the hour. */
export async function reviewMember(world: World, input: ReviewInput, network: string, now: Date): Promise<void> {
  const { household, members } = await openReview(world, input.code, network, now);
  const { person_id, stars, words } = input;
  if (!members.some((member) => member.person_id === person_id)) throw wrongFields({ person_id: 'not_an_option' });
  const month = dayOf(now).slice(0, 7);
  const voucher = voucherOf(world.config.data_key, household, person_id, month);
  const kept = await insertReview(world.db, { person_id, grid_id: household.grid_id, month, stars, words, voucher });
  if (!kept) throw wrongFields({ person_id: 'reviewed_this_month' });
}

/** Takes abusive words away from the member's page and from view; the stars go on counting. */
export async function unpublishReview(
  db: Db,
  doing: Changing,
  id: number,
  why: string,
): Promise<{ person_id: number; month: string }> {
  return db.transaction(async (trx) => {
    const review = await holdReview(trx, id);
    if (!review || !may(doing.author, 'review.read', { unit_path: review.path })) throw notFound();
    if (!may(doing.author, 'review.unpublish', { unit_path: review.path })) throw forbidden();
    if (review.unpublished_at !== null || review.words === '') throw conflict('moved_on');
    await unpublishReviewRow(trx, id, {
      unpublished_at: doing.now,
      unpublished_by: doing.author.person_id,
      unpublished_why: why,
    });
    await recordChange(trx, doing, 'review.unpublish', `reviews:${review.person_id}`, null, { month: review.month, why });
    return review;
  });
}
