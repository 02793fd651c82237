import type { Channel } from '../appeals/rules.ts';

/** The one bar at the bottom of a linked member's pages, in its order. */
export const barItems = [
  { key: 'phone', word: 'todo', href: '/phone', icon: 'checklist' },
  { key: 'phone_report', word: 'report', href: '/phone/report', icon: 'camera' },
  { key: 'phone_grid', word: 'grid', href: '/phone/grid', icon: 'map-pin' },
  { key: 'phone_me', word: 'me', href: '/phone/me', icon: 'user-circle' },
] as const;

/** How a member reports from the phone: by picture or by voice. */
export const phoneChannels = ['app_snapshot', 'app_voice'] as const satisfies readonly Channel[];
export type PhoneChannel = (typeof phoneChannels)[number];
