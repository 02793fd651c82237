import crypto, { createHash, createHmac, randomBytes } from 'node:crypto';

// Since Node 20.12 in one call, without an object for each text: checking a trail makes a million of them.
const hash: ((algorithm: string, input: string | Buffer) => string) | undefined = crypto.hash;

/** SHA-256 in hexadecimal; text is taken as UTF-8. */
export function sha256(input: string | Buffer): string {
  return hash?.('sha256', input) ?? createHash('sha256').update(input).digest('hex');
}

/** HMAC-SHA-256 in hexadecimal. */
export function hmac(key: string | Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** An unguessable word for a link, 8 bits a byte, safe in an address. */
export function token(bytes = 16): string {
  return randomBytes(bytes).toString('base64url');
}

/** JSON with its keys sorted, so that equal values have equal text; what JSON would lose silently is refused. */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : sorted(item)));
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    // Code unit order, so that the text does not depend on the machine's language.
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
  }
  throw new TypeError(`canonical() cannot write ${typeof value === 'number' ? value : Object.prototype.toString.call(value)}`);
}
