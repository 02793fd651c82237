import type { RequestHandler } from 'express';
import type { Db } from './core/db.ts';
import type { World } from './core/world.ts';
import type { Actor } from './people/rules.ts';
import { mayEver, type Permission } from './policy.ts';
import { words } from './words/words.ts';

type MenuKey = keyof (typeof words)['zh']['menu']['items'];
interface Entry {
  readonly key: MenuKey;
  readonly href: string;
  readonly icon: string;
  readonly permission: Permission;
  /** Key of `counters`: how many wait there. */
  readonly count?: string;
}

/** The menu of everybody: an entry is seen by whoever the policy lets in. */
export const menuGroups: readonly { readonly key: keyof (typeof words)['zh']['menu']['groups']; readonly items: readonly Entry[] }[] = [
  {
    key: 'work',
    items: [
      { key: 'hotline', href: '/appeals/new', icon: 'phone-call', permission: 'appeal.register' },
      { key: 'review', href: '/desks/review', icon: 'checks', permission: 'desk.review', count: 'review' },
      { key: 'dispatch', href: '/desks/dispatch', icon: 'arrows-split-2', permission: 'desk.dispatch', count: 'dispatch' },
      { key: 'handling', href: '/desks/handling', icon: 'clipboard-list', permission: 'desk.handling', count: 'handling' },
      { key: 'approval', href: '/desks/approval', icon: 'rubber-stamp', permission: 'desk.approval', count: 'approval' },
      { key: 'callback', href: '/desks/callback', icon: 'phone-outgoing', permission: 'desk.callback', count: 'callback' },
      { key: 'supervision', href: '/desks/supervision', icon: 'alert-triangle', permission: 'desk.supervision' },
      { key: 'appeals', href: '/appeals', icon: 'list-search', permission: 'appeal.read' },
    ],
  },
  {
    key: 'city',
    items: [
      { key: 'units', href: '/units', icon: 'sitemap', permission: 'unit.read' },
      { key: 'grids', href: '/grids', icon: 'grid-dots', permission: 'unit.read' },
      { key: 'buildings', href: '/buildings', icon: 'building', permission: 'unit.read' },
      { key: 'members', href: '/members', icon: 'users', permission: 'member.read' },
      { key: 'duty', href: '/duty', icon: 'calendar-user', permission: 'duty.read' },
      { key: 'party', href: '/party', icon: 'flag', permission: 'party.read' },
    ],
  },
  {
    key: 'catalog',
    items: [
      { key: 'categories', href: '/categories', icon: 'category', permission: 'catalog.read' },
      { key: 'rules', href: '/dispatch-rules', icon: 'route', permission: 'catalog.read' },
      { key: 'calendar', href: '/calendar', icon: 'calendar', permission: 'catalog.read' },
      { key: 'parameters', href: '/parameters', icon: 'adjustments', permission: 'parameter.read' },
    ],
  },
  {
    key: 'system',
    items: [
      { key: 'accounts', href: '/accounts', icon: 'id', permission: 'account.read' },
      { key: 'audit', href: '/audit', icon: 'shield-search', permission: 'audit.read' },
    ],
  },
];

/** How much waits behind a menu entry, capped so that no page ever counts a history. */
export type Counter = (db: Db, actor: Actor, now: Date) => Promise<{ count: number; hot: boolean }>;

/** Fills what the layout shows of the signed-in person: seat, menu, unread messages. */
export function menu(_world: World): RequestHandler {
  return (_req, res, next) => {
    const { actor, lang = 'zh' } = res.locals;
    if (!actor) return next();
    const t = words[lang].menu;
    res.locals.nav = menuGroups
      .map(({ key, items }) => ({
        label: t.groups[key],
        items: items.filter(({ permission }) => mayEver(actor, permission)).map((item) => ({ key: item.key, href: item.href, label: t.items[item.key], icon: item.icon })),
      }))
      .filter(({ items }) => items.length > 0);
    next();
  };
}
