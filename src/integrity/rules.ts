/** What a week is looked through for. Each is a flag for people to judge, never a block; `severity`: 3 looks like fraud, 1 may well be chance. */
export const findingKinds = {
  staff_number: { severity: 2 },
  own_case: { severity: 3 },
  workplace_network: { severity: 2 },
  quick_calls: { severity: 2 },
  no_contact: { severity: 2 },
  split: { severity: 2 },
  late_exclusion: { severity: 2 },
  recategorised: { severity: 1 },
  withdrawn: { severity: 2 },
  reused_picture: { severity: 3 },
  recall_differs: { severity: 3 },
} as const satisfies Record<string, { severity: 1 | 2 | 3 }>;
export type FindingKind = keyof typeof findingKinds;
export const findingNames = Object.keys(findingKinds) as FindingKind[];

export const verdicts = ['explained', 'upheld'] as const;
export type Verdict = (typeof verdicts)[number];

/** From how much on something is listed. */
export const thresholds = {
  /** So many different people of ours signed in from a network within these days: it is a workplace. */
  workplace_people: 3,
  workplace_days: 30,
  /** A call that was answered, this soon after the same caller’s last one, is no call. */
  quick_seconds: 20,
  quick_calls: 3,
  /** Done this soon after it was acknowledged, without a contact. */
  no_contact_minutes: 10,
  no_contact_orders: 3,
  /** Reports of one person at one place whose words are alike by this share. */
  alike: 0.6,
  /** Withdrawn at the unit: at least so many in four weeks, and this share of what it had. */
  withdrawn: 3,
  withdrawn_share: 0.2,
  withdrawn_days: 28,
  /** Bits in which two pictures of the same thing may differ. */
  picture_bits: 4,
  picture_days: 180,
} as const;

/** The Monday of the week a day lies in. */
export function mondayOf(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  const back = (new Date(at).getUTCDay() + 6) % 7;
  return new Date(at - back * 86_400_000).toISOString().slice(0, 10);
}

/** How alike two texts are by their words: shared ones of all. */
export function alike(a: readonly string[], b: readonly string[]): number {
  const [one, other] = [new Set(a), new Set(b)];
  const shared = [...one].filter((word) => other.has(word)).length;
  const all = one.size + other.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** A number of ours as its digits, in every form in which somebody may have given it. */
export function numbersOf(work_phone: string): string[] {
  const digits = work_phone.normalize('NFKC').replace(/\D/g, '');
  return digits === '' ? [] : [digits];
}
