import { type AppealAct, actNames as appealActNames, actRule as appealRule } from '../../appeals/rules.ts';
import { sayLimit } from '../../catalog/forms.ts';
import { limitKinds, limitOf, priorities, type Rulebook } from '../../catalog/rules.ts';
import type { Limit } from '../../core/calendar.ts';
import { actKeys, deskNames, deskPermission, desks, likelyOnAppeal, likelyOnOrder } from '../../desks/rules.ts';
import { file_limits } from '../../files/rules.ts';
import { menuGroups } from '../../menu.ts';
import { type OrderAct, actNames as orderActNames, actRule as orderRule } from '../../orders/rules.ts';
import { type Actor, cityPosts, type Post, postNames, posts, sessionLimits } from '../../people/rules.ts';
import { mayEver, type Permission, permissions, type Reach, ruleOf } from '../../policy.ts';
import type { Shared, Views } from '../../views.ts';
import type { Words } from '../../words/words.ts';
import { gradedFor, limitLines, type OtherPermission } from '../rules.ts';

export type ManualView = Views['help/post'];

export const grants = (post: Post, permission: Permission): boolean => ruleOf(permission).posts.includes(post);

/** The acts a post may do, the likely ones first; what the product does by itself is nobody's. */
export function actsOf(post: Post): { of: 'appeal' | 'order'; act: AppealAct | OrderAct; permission: Permission }[] {
  const rank =
    <A extends string>(likely: readonly A[]) =>
    (a: A, b: A) =>
      likely.indexOf(a) - likely.indexOf(b);
  const onAppeal = appealActNames.filter((act) => !appealRule(act).system).sort(rank(likelyOnAppeal));
  const onOrder = orderActNames.filter((act) => !orderRule(act).system).sort(rank(likelyOnOrder));
  return [
    ...onAppeal.map((act) => ({ of: 'appeal' as const, act, permission: `appeal.${act}` as const })),
    ...onOrder.map((act) => ({ of: 'order' as const, act, permission: `order.${act}` as const })),
  ].filter(({ permission }) => grants(post, permission));
}

const isOther = (permission: Permission): permission is OtherPermission =>
  !appealActNames.some((act) => permission === `appeal.${act}`) && !orderActNames.some((act) => permission === `order.${act}`);
/** Everything else the policy grants it. */
export const othersOf = (post: Post): OtherPermission[] =>
  permissions.filter(isOther).filter((permission) => grants(post, permission));

/** The page of one post for one reader, read from the tables: places the reader may not enter are named but not linked. */
export function manualOf(post: Post, reader: Actor, book: Rulebook, { t, fmt }: Shared): ManualView {
  const h = t.help;
  const { at, group, home } = posts[post];
  const city = cityPosts.includes(post);
  const list = (words: readonly string[]) => words.join(t.common.comma);
  const fieldNames = (names: readonly string[]) => list(names.map((name) => t.desks.fields[name as keyof typeof t.desks.fields]));
  const reachOf = (reach: Reach) => {
    const told: Partial<Record<string, string>> = h.reach;
    return (city ? told[`${reach}_city`] : undefined) ?? told[reach] ?? '';
  };
  const number = (key: (typeof limitLines)[number]['key']) => book.parameters[key] as number;
  const counts = {
    days: t.common.days,
    working_days: h.working_days,
    times: h.times,
    households: h.households,
    percent: h.percent,
  };
  const acts = actsOf(post);
  const other = othersOf(post);
  const permissionNames: Record<OtherPermission, string> = h.permissions;

  return {
    name: t.domain.posts[post],
    own: reader.post === post,
    sits_at: h.sits_at(t.domain.unit_kinds[at]),
    does: h.pages[post].does,
    situations: h.pages[post].situations,
    desks: pagesOf(post).map((item) => {
      const desk = deskNames.find((name) => deskPermission(name) === item.permission);
      return {
        label: t.menu.items[item.key],
        icon: item.icon,
        href: mayEver(reader, item.permission) ? item.href : undefined,
        first: item.href === home,
        tabs: desk ? list(desks[desk].map((tab) => t.desks.tabs[tab])) : '',
      };
    }),
    acts: acts.map(({ of, act, permission }) => {
      const rule = of === 'appeal' ? appealRule(act as AppealAct) : orderRule(act as OrderAct);
      const states = of === 'appeal' ? t.domain.statuses : t.domain.orders;
      const state = (name: string) => states[name as keyof typeof states];
      const notes = [
        (h.notes as Partial<Record<string, string>>)[act],
        'over' in rule && rule.over ? h.over_no_open_part : undefined,
      ];
      return {
        label: (of === 'appeal' ? t.domain.acts : t.domain.order_acts)[act as never],
        key: actKeys[act],
        of: h.of[of],
        on: reachOf(ruleOf(permission).reach),
        from: list(rule.from.map(state)),
        to: rule.to === 'same' ? h.stays : state(rule.to),
        needs: rule.needs.length > 0 ? fieldNames(rule.needs) : '',
        takes: rule.takes && rule.takes.length > 0 ? h.may_add(fieldNames(rule.takes)) : '',
        notes: notes.filter((note) => note !== undefined).join(' '),
      };
    }),
    also: other.map((permission) => permissionNames[permission]),
    keys: keysOf(post, acts, t),
    graded: gradedFor.some((permission) => grants(post, permission))
      ? priorities.map((priority) => ({
          priority: t.domain.priorities[priority],
          limits: limitKinds.map((kind) => sayLimit(limitOf(book, kind, priority, null), t)),
        }))
      : [],
    limits: [
      ...limitLines
        .filter((line) => grants(post, line.of))
        .map(({ key, counts: what }) => ({
          term: h.parameters[key],
          text: what === undefined ? sayLimit(book.parameters[key] as Limit, t) : counts[what](number(key)),
        })),
      ...(acts.some(({ of, act }) => takesFiles(of, act))
        ? [{ term: h.files, text: h.files_most(file_limits.max_files, file_limits.max_mb) }]
        : []),
      { term: h.session, text: h.session_most(fmt.span(sessionLimits.idle_minutes), fmt.span(sessionLimits.absolute_minutes)) },
    ],
    sees: [...h.sight[group].sees, ...(grants(post, 'appeal.reveal') ? [h.reveals(number('reveal.daily_limit'))] : [])],
    not: [...h.sight[group].not, ...(grants(post, 'appeal.read') && !grants(post, 'appeal.reveal') ? [h.never_reveals] : [])],
    posts: [...new Set(postNames.map((one) => posts[one].group))].map((one) => ({
      label: t.people.groups[one],
      posts: postNames
        .filter((name) => posts[name].group === one)
        .map((name) => ({ href: `/help/${name}`, label: t.domain.posts[name], current: name === post })),
    })),
  };
}

function takesFiles(of: 'appeal' | 'order', act: AppealAct | OrderAct): boolean {
  const rule = of === 'appeal' ? appealRule(act as AppealAct) : orderRule(act as OrderAct);
  return [...rule.needs, ...(rule.takes ?? [])].includes('files');
}

/** Where a post works: its desks, or, without appeals, every page of its menu. */
function pagesOf(post: Post): (typeof menuGroups)[number]['items'][number][] {
  const open = menuGroups.map(({ items }) => items.filter(({ permission }) => grants(post, permission)));
  return open[0]!.length > 0 ? open[0]! : open.flat();
}

/** The keys of the acts that have one, of the desks, and of every page. */
function keysOf(post: Post, acts: ReturnType<typeof actsOf>, t: Words): ManualView['keys'] {
  const names = t.help.key_names;
  const words = { ...t.domain.order_acts, ...t.domain.acts };
  const atDesk = deskNames.some((desk) => grants(post, deskPermission(desk)));
  return [
    ...acts.flatMap(({ act }) => (actKeys[act] ? [{ keys: [actKeys[act].toUpperCase()], label: words[act] }] : [])),
    ...(acts.length > 0 ? [{ keys: ['Ctrl Enter'], label: names.send }] : []),
    ...(atDesk
      ? [
          { keys: ['J', 'K'], label: t.layout.key_move },
          { keys: ['Enter', 'O'], label: names.open },
        ]
      : []),
    ...(grants(post, 'appeal.read')
      ? [
          { keys: ['/'], label: t.layout.search },
          { keys: ['['], label: t.common.newer },
          { keys: [']'], label: t.common.older },
        ]
      : []),
    { keys: ['?'], label: names.list },
  ];
}
