import type { party as zh } from '../zh/party.ts';

export const party: typeof zh = {
  title: '',
};
