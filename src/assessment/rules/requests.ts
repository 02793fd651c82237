/** Why an order may be left out of a score. A person decides and another confirms; the list is what may be decided about. */
export const exclusionReasons = [
  'malicious',
  'out_of_scope',
  'force_majeure',
  'no_lawful_means',
  'wrong_unit',
  'duplicate',
] as const;
export type ExclusionReason = (typeof exclusionReasons)[number];

/** What an objection to a published score says of an order: that it does not count, or that it was in time. */
export const claims = ['exclude', 'timely', 'on_time'] as const;
export type Claim = (typeof claims)[number];

/** Why an order is listed and not counted. */
export const whys = ['returned', 'recalled', 'reassigned', 'escalated', 'suspended', 'merged', 'inside', 'excluded'] as const;
export type Why = (typeof whys)[number];

/** Which orders or evaluations a term is opened to. */
const ratingLists = ['satisfied', 'basic', 'dissatisfied', 'contacted', 'not_contacted', 'solved', 'not_solved'] as const;
export const lists = ['timely', 'not_timely', 'on_time', 'late', 'not_counted', ...ratingLists, 'all'] as const;
export type ListName = (typeof lists)[number];
export const isOfRatings = (list: ListName): boolean => (ratingLists as readonly ListName[]).includes(list);
