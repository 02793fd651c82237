/** What may be attached, and how much of it. The sentences of the words `errors` and `files` say the same numbers; a test holds them together. */
export type FileKind = 'image' | 'audio' | 'pdf';

interface KindRule {
  /** Of the file as it is sent, in MB of 1,048,576 bytes. */
  readonly max_mb: number;
  /** What the bytes are, and as what they are kept and served. Pictures are written anew, so theirs is decided later. */
  readonly types: Readonly<Record<string, string>>;
}

/** A browser records sound into a container that is named after video; whether a picture runs in it is looked at apart. */
export const kindRules: Readonly<Record<FileKind, KindRule>> = {
  image: { max_mb: 15, types: { 'image/jpeg': 'image/jpeg', 'image/png': 'image/png', 'image/webp': 'image/webp' } },
  audio: {
    max_mb: 10,
    types: {
      'audio/mpeg': 'audio/mpeg',
      'audio/wav': 'audio/wav',
      'audio/ogg': 'audio/ogg',
      'audio/mp4': 'audio/mp4',
      'audio/x-m4a': 'audio/mp4',
      'video/mp4': 'audio/mp4',
      'audio/webm': 'audio/webm',
      'video/webm': 'audio/webm',
      'video/matroska': 'audio/webm',
    },
  },
  pdf: { max_mb: 10, types: { 'application/pdf': 'application/pdf' } },
};
const kinds = Object.keys(kindRules) as FileKind[];

export const megabyte = 1_048_576;
/** Larger than this no file may be, whatever it is: it is cut off while it arrives. */
export const max_mb = Math.max(...kinds.map((kind) => kindRules[kind].max_mb));
export const max_files = 9;
/** As the HTML attribute wants it. */
export const file_accept = 'image/jpeg,image/png,image/webp,audio/*,.m4a,.mp3,.ogg,.wav,.webm,application/pdf';
export const file_limits = { max_files, max_mb } as const;

/**
 * Pictures: longest side kept, longest side of the small one, and more pixels than this are not decoded (the largest phones have 50
 * million). What is stored in passes, each finer than the last, must be held whole in memory and may have half as many.
 */
export const pictureRules = {
  side: 2000,
  thumb: 320,
  max_pixels: 52_000_000,
  max_pixels_in_passes: 26_000_000,
  quality: 82,
} as const;

/** Why a file was not taken; each is a key of the words `errors` that names the file. */
export const fileProblems = [
  'file_too_big',
  'file_empty',
  'file_broken',
  'file_unknown',
  'file_is_heic',
  'file_is_gif',
  'file_is_video',
  'file_too_many_pixels',
] as const;
export type FileProblem = (typeof fileProblems)[number];

/** The field for pictures of how it was before somebody acted; what comes with it is kept as that, whatever the act. */
export const before_field = 'before';

/** A file as it arrived: still on its way, nothing about it believed. */
export interface Received {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** It was cut off while it arrived. */
  readonly too_large: boolean;
  /** The field of the form that brought it. */
  readonly field?: string | undefined;
}

export function kindOf(detected: string): { kind: FileKind; media_type: string } | undefined {
  const plain = detected.split(';')[0]!;
  for (const kind of kinds) {
    const media_type = kindRules[kind].types[plain];
    if (media_type !== undefined) return { kind, media_type };
  }
  return undefined;
}

/** Kinds that people try often enough to be told what to do instead. */
export function problemOf(detected: string | undefined): FileProblem {
  if (detected === undefined) return 'file_unknown';
  if (/^image\/(hei[cf]|avif)/.test(detected)) return 'file_is_heic';
  if (detected === 'image/gif') return 'file_is_gif';
  return detected.startsWith('video/') ? 'file_is_video' : 'file_unknown';
}

const endings: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/mp4': 'm4a',
  'audio/webm': 'webm',
  'application/pdf': 'pdf',
};

/** The name given by whoever sent it, without folders, without what turns or hides text, and not too long to be read. */
export function plainName(given: string): string {
  const last = given.normalize('NFC').split(/[\\/]/).at(-1)!;
  const plain = last
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  return [...plain].slice(0, 80).join('');
}

/** The same with the ending of what the file really is, so that it opens as that and as nothing else. */
export function nameFor(given: string, media_type: string): string {
  const base = plainName(given).replace(/\.[^.]{1,8}$/, '') || 'file';
  return `${base}.${endings[media_type] ?? 'bin'}`;
}

/** Whether a sound file carries a picture track: a WebM codec or an MP4 handler of that kind. */
export function hasVideo(head: Buffer, media_type: string): boolean {
  if (media_type === 'audio/webm') return ['V_VP8', 'V_VP9', 'V_AV1', 'V_MPEG', 'V_THEORA'].some((codec) => head.includes(codec));
  if (media_type !== 'audio/mp4') return false;
  for (let at = head.indexOf('hdlr'); at >= 0; at = head.indexOf('hdlr', at + 4)) {
    if (head.toString('latin1', at + 12, at + 16) === 'vide') return true;
  }
  return false;
}
