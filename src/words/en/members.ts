import type { members as zh } from '../zh/members.ts';

export const members: typeof zh = {
  title: 'Linked members',
  kind: 'Kind',
  kinds: { fulltime: 'Full-time', assistant: 'Assistant' },
  services: 'Services',
};
