import type { Words } from '../../words/words.ts';

/** The three pages of the roster. */
export const tabsOf = ({ shifts: t }: Words, current: 'roster' | 'now' | 'handover') => [
  { href: '/shifts', label: t.title, current: current === 'roster' },
  { href: '/shifts/now', label: t.now, current: current === 'now' },
  { href: '/shifts/handover', label: t.handover, current: current === 'handover' },
];
