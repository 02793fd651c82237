import type { Db } from '../../core/db.ts';
import { conflict, forbidden, notFound, wrongFields } from '../../core/errors.ts';
import { may } from '../../policy.ts';
import { type Changing, recordChange } from '../../trail/actions/change.ts';
import { decimal } from '../rules/exact.ts';
import { type Period, periodOf } from '../rules/periods.ts';
import { type Scheme, type SchemeKey, schemeKinds } from '../rules/score.ts';
import { changeScheme, holdScheme, holdVersions, insertScheme } from '../store/requests.ts';

export interface SchemeInput extends Omit<Scheme, 'id' | 'key' | 'kind' | 'version'> {
  readonly valid_from: Period;
  readonly reason: string;
}

/** Proposes the next version of a scheme, from a month to come on. It is in force once somebody else has confirmed it. */
export async function proposeScheme(db: Db, doing: Changing, key: SchemeKey, input: SchemeInput): Promise<number> {
  const { author, now } = doing;
  if (!may(author, 'assessment.edit')) throw forbidden();
  return db.transaction(async (trx) => {
    const versions = await holdVersions(trx, key);
    if (versions.some((one) => one.version > 1 && one.confirmed_at === null && one.dropped_at === null))
      throw conflict('proposed_already');
    if (input.valid_from <= periodOf(now)) throw wrongFields({ valid_from: 'not_a_coming_month' });
    if (versions.some((one) => one.dropped_at === null && one.valid_from >= input.valid_from))
      throw wrongFields({ valid_from: 'not_a_coming_month' });
    const [first, second, third] = input.weights;
    if (first + second + third === 0) throw wrongFields({ weight_first: 'required' });
    const version = versions.at(-1)!.version + 1;
    const { weights: _, ...rest } = input;
    const row = {
      ...rest,
      weight_first: decimal(first),
      weight_second: decimal(second),
      weight_third: decimal(third),
      basic_value: decimal(input.basic_value),
      mode: schemeKinds[key] === 'composite' ? input.mode : null,
      k: decimal(input.k),
      cap: decimal(input.cap),
      key,
      kind: schemeKinds[key],
      version,
    };
    const id = await insertScheme(trx, { ...row, proposed_by: author.person_id, proposed_at: now });
    await recordChange(trx, doing, 'scheme.propose', `scheme:${id}`, null, row);
    return id;
  });
}

/** Another person puts a proposal in force from its month on, or drops it; who proposed it may take it back. */
export async function settleScheme(db: Db, doing: Changing, id: number, verdict: 'confirm' | 'drop'): Promise<void> {
  const { author, now } = doing;
  await db.transaction(async (trx) => {
    const proposed = await holdScheme(trx, id);
    if (!proposed) throw notFound();
    const own = proposed.proposed_by === author.person_id;
    if (!may(author, 'assessment.confirm') && !(own && verdict === 'drop')) throw forbidden();
    if (proposed.version === 1 || proposed.confirmed_at !== null || proposed.dropped_at !== null)
      throw conflict('decided_already');
    if (own && verdict === 'confirm') throw forbidden('another_person');
    if (verdict === 'confirm' && proposed.valid_from <= periodOf(now)) throw conflict('scheme_too_late');
    await changeScheme(
      trx,
      id,
      verdict === 'confirm' ? { confirmed_by: author.person_id, confirmed_at: now } : { dropped_at: now },
    );
    await recordChange(trx, doing, `scheme.${verdict}`, `scheme:${id}`, null, { key: proposed.key, version: proposed.version });
  });
}
