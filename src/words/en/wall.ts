import type { wall as zh } from '../zh/wall.ts';

export const wall: typeof zh = {
  title: 'Wall screen',
  open: 'Open the wall screen',
  leave: 'Leave the wall screen',
  today: 'Received today',
  closed: 'Closed today',
  open_now: 'Being handled',
  overdue: 'Overdue',
  due_soon: 'Due within 2 hours',
  whistles: 'Whistles running',
  by_tier: 'Where it lies',
  tiers: { city: 'City', department: 'Departments', town: 'Towns', community: 'Communities', grid: 'Grids' },
  next_due: 'Due first',
  nothing_due: 'Nothing is due soon',
  on_duty: 'On duty',
  nobody: 'Nobody on duty',
  off_hours: 'Out of hours',
  as_of: (time) => `As of ${time}`,
};
