import type { grids as zh } from '../zh/grids.ts';

export const grids: typeof zh = {
  title: '',
};
