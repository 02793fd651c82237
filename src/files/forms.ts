import type { Response } from 'express';
import { z } from 'zod';
import { open, seal } from '../core/seal.ts';
import type { World } from '../core/world.ts';
import { type FormState, many, type Read, reader, readForm, text } from '../web/form.ts';
import { uploadsOf } from '../web/uploads.ts';
import type { ErrorCode } from '../words/words.ts';
import { storeFiles } from './actions/take.ts';
import { touch, touchOriginal } from './actions/vault.ts';
import type { StoredFile } from './store.ts';

const kept_for_ms = 6 * 3_600_000;
const most_kept = 50;

/**
 * Reads a form that came through `uploads`: its values with the files made safe and stored, or everything typed with an error at each
 * bad field; what is wrong with files stands under `files`. Good files of a refused form come back in `typed.kept_files`, for the
 * part `files/kept`, and need not be chosen again.
 */
export async function readFormWithFiles<S extends z.ZodObject>(
  world: World,
  res: Response,
  schema: S,
  id?: string,
): Promise<Read<z.output<S> & { readonly files: readonly StoredFile[] }>> {
  const body: unknown = res.req.body;
  const sent = uploadsOf(res);
  const read = readForm(body, schema, id);
  const stored = await storeFiles(world, sent.files);
  const before = await listKept(world, res, body);
  const files = [...before, ...stored.files];
  const codes = stored.ok ? [] : stored.refused.map(({ code, name }): ErrorCode => `${code}:${name}`);
  if (sent.too_many || (sent.max_files > 0 && files.length > sent.max_files)) codes.push(`too_many_files:${sent.max_files}`);
  const disk_full = sent.disk_full || (!stored.ok && stored.disk_full);
  if (read.ok && codes.length === 0 && !disk_full) return { ok: true, value: { ...read.value, files } };

  const { errors, typed } = read.ok ? { errors: {}, typed: typedIn(body, schema) } : read;
  const wrong = disk_full ? ('disk_full' as const) : (codes.join('\n') as ErrorCode);
  return {
    ok: false,
    id,
    errors: disk_full || codes.length > 0 ? { ...errors, files: wrong } : errors,
    typed: { ...typed, kept_files: files.map((file) => keep(world, res, file)) },
  };
}

/** A form that was read well and comes back for another reason: everything typed, and its files need not be chosen again. */
export function returned(
  world: World,
  res: Response,
  schema: z.ZodObject,
  files: readonly StoredFile[],
  errors: FormState['errors'],
  id?: string,
): FormState {
  return { id, errors, typed: { ...typedIn(res.req.body, schema), kept_files: files.map((file) => keep(world, res, file)) } };
}

function typedIn(body: unknown, schema: z.ZodObject): FormState['typed'] {
  const refused = readForm(body, z.object({ ...schema.shape, files: reader(() => ({ error: 'invalid' })) }));
  return refused.ok ? {} : refused.typed;
}

/** 507 when there was no room on the disk, otherwise 422. */
export const refusedStatus = (form: FormState): 422 | 507 => (form.errors['files'] === 'disk_full' ? 507 : 422);

interface Kept {
  readonly file: StoredFile;
  readonly by: number | null;
  readonly until: number;
}
const holder = (res: Response): number | null => res.locals.actor?.person_id ?? null;

/** The name to show, then what only we can read: the form carries the file, nobody can make one up. */
function keep({ config, clock }: World, res: Response, file: StoredFile): string {
  const kept: Kept = { file, by: holder(res), until: clock().getTime() + kept_for_ms };
  return `${file.name}|${seal(config.data_key, JSON.stringify(kept))}`;
}

const isThere = ({ files_dir }: World, { sha256, original }: StoredFile, now: Date): Promise<boolean> =>
  sha256 === null ? touchOriginal(files_dir, original!, now) : touch(files_dir, sha256, now);

async function listKept(world: World, res: Response, body: unknown): Promise<StoredFile[]> {
  const read = readForm(body, z.object({ kept_files: many(text(4000), 0, most_kept) }));
  if (!read.ok) return [];
  const now = world.clock();
  const files: StoredFile[] = [];
  for (const sealed of read.value.kept_files) {
    try {
      const { file, by, until }: Kept = JSON.parse(open(world.config.data_key, sealed.slice(sealed.lastIndexOf('|') + 1)));
      if (by === holder(res) && until > now.getTime() && (await isThere(world, file, now))) files.push(file);
    } catch {
      // Made up, cut short, or sealed before the key was changed: the file is chosen again.
    }
  }
  return files;
}
