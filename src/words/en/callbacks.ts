import type { callbacks as zh } from '../zh/callbacks.ts';

export const callbacks: typeof zh = {
  title: '',
};
