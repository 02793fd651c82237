import type { Db } from '../../core/db.ts';
import type { Lang } from '../../words/words.ts';
import type { TextEvent } from '../rules.ts';

export interface MessageTextRow {
  readonly id: number;
  readonly event: TextEvent;
  readonly lang: Lang;
  /** Null: the product's own text again. */
  readonly body: string | null;
  readonly made_by: number;
  readonly made_at: Date;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    message_texts: MessageTextRow;
  }
}

export interface ToldText extends MessageTextRow {
  readonly person: string;
}

/** The texts that hold now where the city has its own, or had one. */
export async function listTexts(db: Db): Promise<ToldText[]> {
  const { rows } = await db.raw<{ rows: ToldText[] }>(
    `select distinct on (x.event, x.lang) x.*, p.name as person from message_texts x join people p on p.id = x.made_by
     order by x.event, x.lang, x.id desc`,
  );
  return rows;
}

/** Every version of one text, the newest first. */
export async function listVersionsOf(db: Db, event: TextEvent, lang: Lang, most: number): Promise<ToldText[]> {
  const { rows } = await db.raw<{ rows: ToldText[] }>(
    `select x.*, p.name as person from message_texts x join people p on p.id = x.made_by
     where x.event = :event and x.lang = :lang order by x.id desc limit :most`,
    { event, lang, most },
  );
  return rows;
}

/** The version that holds, with everybody who would change it kept waiting. */
export async function holdText(trx: Db, event: TextEvent, lang: Lang): Promise<string | null> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended(:name, 0))`, { name: `message text ${event} ${lang}` });
  return (await trx('message_texts').where({ event, lang }).orderBy('id', 'desc').first('body'))?.body ?? null;
}
export async function insertText(trx: Db, row: Omit<MessageTextRow, 'id'>): Promise<void> {
  await trx('message_texts').insert(row);
}
