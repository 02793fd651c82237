import type { Db } from '../core/db.ts';
import { addLocalNames, segment } from '../core/text.ts';
import type { World } from '../core/world.ts';
import { lexicon } from '../words/zh/lexicon.ts';
import { type Document, type Model, type Suggestion, suggest, train } from './rules/classify.ts';
import { findModel, findModelId, listClosedWords, listUsableCategories, recordModel } from './store.ts';

/** Keeps the lexicon's terms in one piece. Called when a world opens, so that what is stored and what is looked for is cut alike. */
export function teachTerms(): void {
  addLocalNames(Object.values(lexicon).flatMap(Object.keys));
}

// Enough of each to know its words; 80 times as many train in about a second, and the process answers nobody meanwhile.
const per_category = 80;
const held_out = 10;

export interface Retrained {
  readonly model_id: number;
  readonly documents: number;
  /** Of the documents held out once, the share whose category came first, and was among the first three; null without documents. */
  readonly first: number | null;
  readonly among_three: number | null;
}

/** Learns the suggester anew from the city's closed appeals. A job; safe to repeat. */
export async function retrain(world: World, now: Date): Promise<Retrained> {
  teachTerms();
  const rows = await listClosedWords(world.db, per_category);
  const documents = rows.map(({ category_code, words }): Document => ({ category: category_code, words: words.split(' ') }));
  const tested = documents.filter((_, i) => i % held_out === 0);
  const trial = train(
    documents.filter((_, i) => i % held_out !== 0),
    lexicon,
  );
  const places = tested.map((doc) => suggest(trial, doc.words).findIndex((found) => found.category === doc.category));
  const share = (hits: number) => (tested.length === 0 ? null : Math.round((hits / tested.length) * 1000) / 1000);
  // The trial and the model are two pieces of work: others get their turn in between.
  await new Promise((resume) => setImmediate(resume));
  const model_id = await recordModel(world.db, {
    trained_at: now,
    documents: documents.length,
    model: train(documents, lexicon),
  });
  held.delete(world.db);
  return {
    model_id,
    documents: documents.length,
    first: share(places.filter((place) => place === 0).length),
    among_three: share(places.filter((place) => place >= 0).length),
  };
}

interface Held {
  readonly until: number;
  readonly id: number | undefined;
  readonly model: Model;
  readonly usable: ReadonlySet<string>;
}
const held = new WeakMap<Db, Held>();
const hold_ms = 60_000;

let untrained: Model | undefined;
function lexiconAlone(): Model {
  untrained ??= train([], lexicon);
  return untrained;
}

/** The newest model and the categories in force, read again after a minute; before the first training the lexicon alone. */
async function heldModel(db: Db): Promise<Held> {
  const known = held.get(db);
  if (known && known.until > performance.now()) return known;
  teachTerms();
  const id = await findModelId(db);
  const usable = await listUsableCategories(db);
  const model = id !== undefined && id === known?.id ? known.model : ((await findModel(db))?.model ?? lexiconAlone());
  const fresh: Held = { until: performance.now() + hold_ms, id, model, usable: new Set(usable) };
  held.set(db, fresh);
  return fresh;
}

/** The likeliest categories of what somebody wrote or said, with the words that speak for each. A person decides. */
export async function suggestCategory(db: Db, text: string, n = 3): Promise<Suggestion[]> {
  const { model, usable } = await heldModel(db);
  return suggest(model, segment(text), n, usable);
}
