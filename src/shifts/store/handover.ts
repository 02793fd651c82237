import type { Db } from '../../core/db.ts';
import type { DutyDesk } from '../rules.ts';

export interface HandoverNoteRow {
  readonly id: number;
  readonly shift_id: number;
  readonly body: string;
  readonly appeals: readonly string[];
  readonly written_by: number;
  readonly written_at: Date;
  readonly acknowledged_by: number | null;
  readonly acknowledged_at: Date | null;
  readonly demo: boolean;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    handover_notes: HandoverNoteRow;
  }
}

export interface ToldNote extends HandoverNoteRow {
  readonly desk: DutyDesk;
  readonly unit_id: number;
  readonly part: number;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly writer: string;
  readonly reader: string | null;
}
const told = `select h.*, s.desk, s.unit_id, s.part, s.starts_at, s.ends_at, w.name as writer, r.name as reader
  from handover_notes h join duty_shifts s on s.id = h.shift_id join people w on w.id = h.written_by left join people r on r.id = h.acknowledged_by`;

/** The latest notes of one desk at one unit. */
export async function listNotes(db: Db, desk: DutyDesk, unit_id: number, most: number): Promise<ToldNote[]> {
  const { rows } = await db.raw<{ rows: ToldNote[] }>(
    `${told} where s.desk = :desk and s.unit_id = :unit_id order by h.written_at desc, h.id desc limit :most`,
    { desk, unit_id, most },
  );
  return rows;
}
export async function holdNote(trx: Db, id: number): Promise<ToldNote | undefined> {
  const { rows } = await trx.raw<{ rows: ToldNote[] }>(`${told} where h.id = :id for update of h`, { id });
  return rows[0];
}
export async function insertNote(
  trx: Db,
  row: Pick<HandoverNoteRow, 'shift_id' | 'body' | 'appeals' | 'written_by' | 'written_at'>,
): Promise<number> {
  const [made] = await trx('handover_notes')
    .insert({ ...row, appeals: [...row.appeals] })
    .returning('id');
  return made!.id;
}
export async function acknowledgeNote(trx: Db, id: number, person_id: number, now: Date): Promise<void> {
  await trx('handover_notes').where({ id }).update({ acknowledged_by: person_id, acknowledged_at: now });
}

/** The latest shift of a person at a desk that has begun, and is not over for longer than `after`; what he hands over. */
export async function findOwnShift(
  db: Db,
  person_id: number,
  desk: DutyDesk,
  unit_id: number,
  now: Date,
  ended_after: Date,
): Promise<{ id: number; starts_at: Date; ends_at: Date } | undefined> {
  const { rows } = await db.raw<{ rows: { id: number; starts_at: Date; ends_at: Date }[] }>(
    `select s.id, s.starts_at, s.ends_at from duty_shifts s join shift_assignments a on a.shift_id = s.id join posts p on p.id = a.post_id
     where p.person_id = :person_id and s.desk = :desk and s.unit_id = :unit_id and s.starts_at <= :now and s.ends_at > :ended_after
     order by s.starts_at desc limit 1`,
    { person_id, desk, unit_id, now, ended_after },
  );
  return rows[0];
}
