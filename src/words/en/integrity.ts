import type { integrity as zh } from '../zh/integrity.ts';

export const integrity: typeof zh = {
  title: '',
};
