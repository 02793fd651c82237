import { findAppeal } from '../../appeals/store.ts';
import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound, wrongFields } from '../../core/errors.ts';
import { may, type Permission } from '../../policy.ts';
import { type Changing, mustBe, recordChange } from '../../trail/actions/change.ts';
import { holdsNumber } from '../rules/bulletins.ts';
import { changeStory, holdStory, insertStory, type StoryRow } from '../store/bulletins.ts';

export type StoryInput = Pick<StoryRow, 'category_code' | 'title' | 'problem' | 'handling' | 'lesson'>;
/** What a version of a story is: its words and the appeal it was made of. */
export const storyPart = ({
  appeal_id,
  category_code,
  title,
  problem,
  handling,
  lesson,
}: StoryInput & Pick<StoryRow, 'appeal_id'>) => ({
  appeal_id,
  category_code,
  title,
  problem,
  handling,
  lesson,
});

/** A story is told without anybody's number; names are the writer's and the approver's to leave out. */
function mustBeClean(input: StoryInput): void {
  const bad = (['title', 'problem', 'handling', 'lesson'] as const).filter((name) => holdsNumber(input[name]));
  if (bad.length > 0) throw wrongFields(Object.fromEntries(bad.map((name) => [name, 'holds_number'])));
}
function mustMay({ author }: Changing, permission: Permission): void {
  if (!may(author, permission)) throw forbidden();
}
async function held(trx: Db, id: number): Promise<StoryRow> {
  const row = await holdStory(trx, id);
  if (!row || row.withdrawn_at) throw notFound();
  return row;
}

/** The appeal that a story is made of: one that its writer may read. */
async function appealOf(db: Db, { author }: Changing, number: string | null): Promise<number | null> {
  if (number === null) return null;
  const appeal = await findAppeal(db, number, author);
  if (!appeal) throw wrongFields({ appeal: 'not_found' });
  return appeal.id;
}

/** A typical case, written by hand. */
export async function writeStory(db: Db, doing: Changing, input: StoryInput, number: string | null = null): Promise<number> {
  mustMay(doing, 'case_story.edit');
  mustBeClean(input);
  return db.transaction(async (trx) => {
    const story = { ...input, appeal_id: await appealOf(trx, doing, number) };
    const id = await insertStory(trx, { ...story, written_by: doing.author.person_id, written_at: doing.now });
    await recordChange(trx, doing, 'case_story.write', `case_story:${id}`, null, story);
    return id;
  });
}

export async function editStory(
  db: Db,
  doing: Changing,
  id: number,
  version: string,
  input: StoryInput,
  number: string | null,
): Promise<void> {
  mustMay(doing, 'case_story.edit');
  mustBeClean(input);
  await db.transaction(async (trx) => {
    const row = await held(trx, id);
    if (row.approved_at) throw conflict('published_already');
    mustBe(storyPart(row), version);
    const story = { ...input, appeal_id: await appealOf(trx, doing, number) };
    await changeStory(trx, id, { ...story, written_by: doing.author.person_id, written_at: doing.now });
    await recordChange(trx, doing, 'case_story.write', `case_story:${id}`, storyPart(row), story);
  });
}

/** Approved by somebody else it is published. */
export async function approveStory(db: Db, doing: Changing, id: number, version: string): Promise<void> {
  mustMay(doing, 'case_story.approve');
  await db.transaction(async (trx) => {
    const row = await held(trx, id);
    if (row.written_by === doing.author.person_id) throw forbidden('another_person');
    if (row.approved_at) throw conflict('decided_already');
    mustBe(storyPart(row), version);
    await changeStory(trx, id, { approved_by: doing.author.person_id, approved_at: doing.now });
    await recordChange(trx, doing, 'case_story.approve', `case_story:${id}`, null, { title: row.title });
  });
}

/** Takes it off the public pages. */
export async function withdrawStory(db: Db, doing: Changing, id: number): Promise<void> {
  mustMay(doing, 'case_story.approve');
  await db.transaction(async (trx) => {
    const row = await held(trx, id);
    await changeStory(trx, id, { withdrawn_by: doing.author.person_id, withdrawn_at: doing.now });
    await recordChange(trx, doing, 'case_story.withdraw', `case_story:${id}`, null, { title: row.title });
  });
}
