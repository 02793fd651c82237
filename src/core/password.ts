import { hash, verify } from '@node-rs/argon2';
import { token } from './hash.ts';

/** Argon2id (the library's default kind) as OWASP's cheat sheet has it: 19 MiB, two passes, one lane; 30 to 60 ms of one core. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

// One person's keyboard may compose what another's sends ready made.
const plain = (password: string) => password.normalize('NFKC');

/** What is kept of a password: its salt, cost and hash in one text. */
export function hashPassword(password: string): Promise<string> {
  return hash(plain(password), cost);
}

let nobodys: Promise<string> | undefined;

/** Whether this is the password behind what was kept; for nobody (null) it takes as long to say no, so that names cannot be tried out. */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  nobodys ??= hashPassword(token());
  const instead = await nobodys;
  const right = await verify(kept ?? instead, plain(password)).catch(() => false);
  return right && kept !== null;
}

// Without l, o, 0 and 1: it is read out and typed over.
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A password to be used once and replaced: four groups of four, 80 bits. */
export function oneTimePassword(): string {
  const drawn = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => letters[byte % letters.length]).join('');
  return drawn.replace(/.{4}(?=.)/g, '$&-');
}
