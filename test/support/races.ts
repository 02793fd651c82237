import { expect } from 'vitest';
import { Refusal } from '../../src/core/errors.ts';
import { isOpen } from '../../src/orders/rules.ts';
import { verify } from '../../src/trail/rules.ts';
import { listTrail } from '../../src/trail/store.ts';
import type { Stage } from './make.ts';

/** What a loser of a race hears: "it has moved on", or what src/failures.ts says in the same words about two who waited for each other. */
export const lost = (error: unknown): boolean =>
  error instanceof Refusal
    ? error.status === 409
    : ['40P01', '40001', '55P03', '23505'].includes((error as { code?: string }).code ?? '');

/** Runs them at the same time: which of them had their way. Nobody fails in another way than by losing. */
export async function race(...runners: readonly (() => Promise<unknown>)[]): Promise<boolean[]> {
  const ends = await Promise.allSettled(runners.map((run) => run()));
  for (const end of ends) if (end.status === 'rejected' && !lost(end.reason)) throw end.reason;
  return ends.map(({ status }) => status === 'fulfilled');
}

/** The chains verify, and nothing runs or is open on an appeal that has ended. */
export async function unbroken(stage: Stage, ...numbers: string[]): Promise<void> {
  for (const number of numbers) {
    const appeal = await stage.appeal(number);
    const trail = await listTrail(stage.world.db, 'appeal', appeal.id);
    expect(verify(trail, { seq: appeal.trail_seq, hash: appeal.trail_hash })).toEqual({ ok: true, rows: trail.length });
    if (!['merged', 'withdrawn', 'declined', 'closed', 'archived'].includes(appeal.status)) continue;
    expect((await stage.orders(number)).filter(({ status }) => isOpen(status))).toEqual([]);
    expect(await stage.running(number)).toEqual([]);
  }
}
