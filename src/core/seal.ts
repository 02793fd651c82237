import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const iv_bytes = 12;
const tag_bytes = 16;
const version = 'v1.';

/** Encrypts personal text for a column (AES-256-GCM, `key` of 32 bytes); the same text gives another result every time. */
export function seal(key: Buffer, text: string): string {
  const iv = randomBytes(iv_bytes);
  const cipher = createCipheriv(algorithm, key, iv);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return version + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
}

/** The text that was sealed; throws when the key is another one or a byte was changed. */
export function open(key: Buffer, sealed: string): string {
  if (!sealed.startsWith(version)) throw new Error('sealed text of an unknown version');
  const bytes = Buffer.from(sealed.slice(version.length), 'base64url');
  if (bytes.length < iv_bytes + tag_bytes) throw new Error('sealed text is cut short');
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, iv_bytes), { authTagLength: tag_bytes });
  decipher.setAuthTag(bytes.subarray(iv_bytes, iv_bytes + tag_bytes));
  return Buffer.concat([decipher.update(bytes.subarray(iv_bytes + tag_bytes)), decipher.final()]).toString('utf8');
}
