import type { RequestHandler, Response } from 'express';
import { dayOf } from './core/clock.ts';
import type { Db } from './core/db.ts';
import type { World } from './core/world.ts';
import { waitingFor } from './desks/actions.ts';
import type { Desk } from './desks/rules.ts';
import { actorOf } from './doors.ts';
import { countStuck } from './messages/store/outbox.ts';
import { countUnread, most_unread } from './messages/store.ts';
import type { Actor } from './people/rules.ts';
import { barItems } from './phone/rules.ts';
import { mayEver, type Permission } from './policy.ts';
import type { Topic } from './web/live.ts';
import { words } from './words/words.ts';

type MenuKey = keyof (typeof words)['zh']['menu']['items'];
interface Entry {
  readonly key: MenuKey;
  readonly href: string;
  readonly icon: string;
  readonly permission: Permission;
}

/** The menu of everybody: an entry is seen by whoever the policy lets in. */
export const menuGroups: readonly {
  readonly key: keyof (typeof words)['zh']['menu']['groups'];
  readonly items: readonly Entry[];
}[] = [
  {
    key: 'work',
    items: [
      { key: 'phone', href: '/phone', icon: 'device-mobile', permission: 'phone.use' },
      { key: 'hotline', href: '/appeals/new', icon: 'phone-call', permission: 'appeal.register' },
      { key: 'review', href: '/desks/review', icon: 'checks', permission: 'desk.review' },
      { key: 'dispatch', href: '/desks/dispatch', icon: 'arrows-split-2', permission: 'desk.dispatch' },
      { key: 'handling', href: '/desks/handling', icon: 'clipboard-list', permission: 'desk.handling' },
      { key: 'approval', href: '/desks/approval', icon: 'rubber-stamp', permission: 'desk.approval' },
      { key: 'callback', href: '/desks/callback', icon: 'phone-outgoing', permission: 'desk.callback' },
      { key: 'supervision', href: '/desks/supervision', icon: 'alert-triangle', permission: 'desk.supervision' },
      { key: 'whistles', href: '/whistles', icon: 'speakerphone', permission: 'whistle.read' },
      { key: 'appeals', href: '/appeals', icon: 'list-search', permission: 'appeal.read' },
      { key: 'cards', href: '/cards', icon: 'cards', permission: 'supervision.read' },
      { key: 'supervision_orders', href: '/supervision', icon: 'file-alert', permission: 'supervision.read' },
      { key: 'key_tracking', href: '/key-tracking', icon: 'target', permission: 'tracking.read' },
      { key: 'outstanding', href: '/outstanding', icon: 'list-check', permission: 'supervision.read' },
      { key: 'outbox', href: '/outbox', icon: 'send-off', permission: 'outbox.read' },
      { key: 'shifts', href: '/shifts', icon: 'calendar-time', permission: 'shift.read' },
      { key: 'wall', href: '/wall', icon: 'device-tv', permission: 'wall.read' },
    ],
  },
  {
    key: 'field',
    items: [
      { key: 'field', href: '/field', icon: 'walk', permission: 'field.read' },
      { key: 'visits', href: '/visits', icon: 'door-enter', permission: 'visit.read' },
      { key: 'coverage', href: '/visits/coverage', icon: 'chart-bar', permission: 'visit.read' },
      { key: 'watch', href: '/watch', icon: 'eye', permission: 'watch.keep' },
      { key: 'duty_log', href: '/duty-log', icon: 'checklist', permission: 'duty_log.tick' },
      { key: 'duty_statistics', href: '/duty-log/statistics', icon: 'checklist', permission: 'duty_log.read' },
      { key: 'substitutes', href: '/substitutes', icon: 'replace-user', permission: 'substitute.read' },
    ],
  },
  {
    key: 'city',
    items: [
      { key: 'units', href: '/units', icon: 'sitemap', permission: 'unit.read' },
      { key: 'grids', href: '/grids', icon: 'grid-dots', permission: 'unit.read' },
      { key: 'buildings', href: '/buildings', icon: 'building', permission: 'unit.read' },
      { key: 'members', href: '/members', icon: 'users', permission: 'member.read' },
      { key: 'plates', href: '/plates', icon: 'qrcode', permission: 'plate.read' },
      { key: 'reviews', href: '/reviews', icon: 'star', permission: 'review.read' },
      { key: 'my_reviews', href: '/reviews/mine', icon: 'star', permission: 'review.own' },
      { key: 'duty', href: '/duty', icon: 'calendar-user', permission: 'duty.read' },
      { key: 'party', href: '/party', icon: 'flag', permission: 'party.read' },
    ],
  },
  {
    key: 'judge',
    items: [
      { key: 'reports', href: '/reports', icon: 'chart-bar', permission: 'report.read' },
      { key: 'assessment', href: '/assessment', icon: 'scale', permission: 'assessment.read' },
      { key: 'bulletins', href: '/bulletins', icon: 'news', permission: 'bulletin.read' },
      { key: 'stories', href: '/case-stories', icon: 'book', permission: 'case_story.read' },
      { key: 'exclusions', href: '/assessment/exclusions', icon: 'filter-off', permission: 'assessment.read' },
      { key: 'objections', href: '/assessment/objections', icon: 'message-exclamation', permission: 'assessment.read' },
      { key: 'member_scores', href: '/member-scores', icon: 'award', permission: 'member_score.read' },
      { key: 'my_score', href: '/member-scores/mine', icon: 'award', permission: 'member_score.own' },
      { key: 'recalls', href: '/recalls', icon: 'phone-check', permission: 'recall.read' },
      { key: 'integrity', href: '/integrity', icon: 'zoom-exclamation', permission: 'integrity.read' },
      { key: 'schemes', href: '/assessment/schemes', icon: 'math-function', permission: 'assessment.read' },
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
      { key: 'message_texts', href: '/message-texts', icon: 'message-cog', permission: 'message_text.edit' },
      { key: 'jobs', href: '/jobs', icon: 'clock-play', permission: 'job.read' },
      { key: 'health', href: '/health', icon: 'heartbeat', permission: 'health.read' },
      { key: 'audit', href: '/audit', icon: 'shield-search', permission: 'audit.read' },
    ],
  },
];

/** Fills what the layout shows of the signed-in person: the menu with what waits behind it, and the city's figures of the hour. */
export function menu({ db }: World): RequestHandler {
  return async (req, res, next) => {
    const { actor, lang = 'zh', now } = res.locals;
    if (!actor || !now) return next();
    const t = words[lang].menu;
    const { desks, today, overdue } =
      req.method === 'GET' ? await waitingFor(db, actor, now) : { desks: {}, today: null, overdue: null };
    const undelivered = req.method === 'GET' ? await undeliveredFor(db, actor, now) : undefined;
    res.locals.nav = menuGroups
      .map(({ key, items }) => ({
        label: t.groups[key],
        items: items
          .filter(({ permission }) => mayEver(actor, permission))
          .map((item) => ({
            key: item.key,
            href: item.href,
            label: t.items[item.key],
            icon: item.icon,
            ...badge(item.key === 'outbox' ? undelivered : desks[item.key as Desk]),
          })),
      }))
      .filter(({ items }) => items.length > 0);
    if (mayEver(actor, 'phone.use')) {
      res.locals.bar = barItems.map(({ key, word, href, icon }) => ({
        key,
        href,
        icon,
        label: words[lang].phone.bar[word],
        ...(key === 'phone' ? badge(desks.handling) : {}),
        ...(key === 'phone_report' ? { kept_by: actor.person_id } : {}),
      }));
    }
    if (today !== null && overdue !== null) {
      res.locals.figures = [
        { key: 'today', label: t.today, value: capped(today), href: `/appeals?from=${dayOf(now)}` },
        { key: 'overdue', label: t.overdue, value: capped(overdue), href: '/appeals?late=1', hot: overdue > 0 },
      ];
    }
    next();
  };
}

/** What did not go out and waits for a person; nothing for whoever need not care. */
async function undeliveredFor(db: Db, actor: Actor, now: Date): Promise<{ count: number; hot: boolean } | undefined> {
  if (!mayEver(actor, 'outbox.read')) return undefined;
  const { failed } = await countStuck(db, now);
  return { count: failed, hot: true };
}

/** The same figures for a page that stays open: what waits at this seat, and what this person has not read. */
export function seatTopics({ db, clock }: World, res: Response): Topic[] {
  const actor = actorOf(res);
  const { person_id, post, unit_id } = actor;
  return [
    {
      key: `seat ${post} ${unit_id} ${post === 'dispatch_officer' ? person_id : ''}`,
      concerns: ({ units }) => units?.includes(unit_id) ?? false,
      async render() {
        const { desks, today, overdue } = await waitingFor(db, actor, clock(), 'afresh');
        const counts: Record<string, { count: number | string; hot: boolean }> = {};
        for (const [desk, { count, hot }] of Object.entries(desks)) counts[desk] = { count: capped(count), hot };
        const undelivered = await undeliveredFor(db, actor, clock());
        if (undelivered) counts['outbox'] = undelivered;
        if (today !== null) counts['today'] = { count: capped(today), hot: false };
        if (overdue !== null) counts['overdue'] = { count: capped(overdue), hot: overdue > 0 };
        return { event: 'seat', data: counts };
      },
    },
    {
      key: `unread ${person_id}`,
      concerns: ({ person }) => person === person_id,
      async render() {
        const unread = await countUnread(db, person_id, most_unread);
        return { event: 'seat', data: { unread: { count: unread > 99 ? '99+' : unread, hot: true } } };
      },
    },
  ];
}

const capped = (n: number): number | string => (n > 1000 ? '1,000+' : n);
const badge = (waiting: { count: number; hot: boolean } | undefined) =>
  waiting && waiting.count > 0 ? { count: capped(waiting.count), hot: waiting.hot } : {};
