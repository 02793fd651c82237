import type { files as zh } from '../zh/files.ts';

export const files: typeof zh = {
  label: 'Pictures, sound or files',
  kinds: 'JPG, PNG and WebP pictures, sound (MP3, M4A, OGG, WAV, WebM; up to 10 MB) and PDF (up to 10 MB)',
  kept: 'Already uploaded; untick what should not be sent',
  picture: 'Picture',
  sound: 'Sound',
  document: 'File',
  undrawn: { waiting: 'Photo being prepared', unreadable: 'Photo cannot be read', later: 'Photo cannot be shown yet' },
  sizes: (kb: number) => (kb < 1024 ? `${Math.max(1, Math.round(kb))} KB` : `${(kb / 1024).toFixed(1)} MB`),
};
