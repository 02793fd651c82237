import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Refusal } from '../core/errors.ts';
import type { ErrorCode } from '../words/words.ts';
import { type FormState, readForm, type Typed } from './form.ts';

/** A form that comes back to whoever sent it. */
export interface Returned {
  readonly form: FormState;
  /** Somebody else changed the thing after this form was opened. */
  readonly stale: boolean;
}

/**
 * Reads a form and does what it asks: null when it is done. Otherwise everything typed, with the answer's status set: 422 with the
 * sentences at the fields, 409 when the thing was changed meanwhile.
 */
export async function submit<S extends z.ZodObject>(
  req: Request,
  res: Response,
  schema: S,
  save: (value: z.output<S>) => Promise<unknown>,
): Promise<Returned | null> {
  const read = readForm(req.body, schema);
  if (!read.ok) {
    res.status(422);
    return { form: read, stale: false };
  }
  try {
    await save(read.value);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal) || (error.code !== 'wrong_fields' && error.code !== 'changed_meanwhile')) throw error;
    res.status(error.status);
    const errors = error.code === 'wrong_fields' ? (error.detail as Record<string, ErrorCode>) : {};
    return { form: { errors, typed: typedOf(req.body, schema) }, stale: error.code === 'changed_meanwhile' };
  }
}

function typedOf(body: unknown, schema: z.ZodObject): Typed {
  const given = (body ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (Object.hasOwn(given, name) ? [[name, given[name] as string | string[]]] : [])),
  );
}

/** The filters of a list. What cannot be read counts as not given, so that an old or mistyped address still shows the list. */
export function readFilter<S extends z.ZodObject>(query: unknown, schema: S): { value: z.output<S>; form: FormState } {
  const given = { ...(query as Record<string, unknown>) };
  let read = readForm(given, schema);
  if (!read.ok) {
    for (const name of Object.keys(read.errors)) delete given[name];
    read = readForm(given, schema);
  }
  if (!read.ok) throw new Error('every filter must be optional');
  return { value: read.value, form: { id: 'filter', errors: {}, typed: typedOf(given, schema) } };
}

/** An address with its filters; what is empty falls away. */
export function hrefOf(path: string, query: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '' && value !== false)
      params.set(name, value === true ? '1' : String(value));
  }
  return params.size === 0 ? path : `${path}?${params}`;
}
