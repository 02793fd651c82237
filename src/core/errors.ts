/** A request that cannot be met. `code` is a key of the words `failures`; anything else that is thrown is a bug. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: unknown;

  constructor(status: number, code: string, detail?: unknown) {
    super(code);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

/** There is no such thing, or the reader may not know of it: the two look the same. */
export const notFound = (code = 'not_found') => new Refusal(404, code);

export const forbidden = (code = 'forbidden') => new Refusal(403, code);

/** It was possible a moment ago; `detail` says what happened meanwhile. */
export const conflict = (code = 'conflict', detail?: unknown) => new Refusal(409, code, detail);

/** The process cannot start as it is set up: the sentence is all that is printed, without a stack. */
export function cannotStart(sentence: string): Error {
  return Object.assign(new Error(sentence), { code: 'CANNOT_START' });
}

/** A form that reads well and still cannot be saved: an error code for each field it is about. */
export const wrongFields = (errors: Readonly<Record<string, string>>) => new Refusal(422, 'wrong_fields', errors);
