import type { members as zh } from '../zh/members.ts';

export const members: typeof zh = {
  title: '',
};
