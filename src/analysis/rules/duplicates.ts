/** Why an earlier appeal may be the same matter, the strongest first, with the share of certainty each reason adds; likeness of words counts beside them. */
export const reasonWorth = {
  same_phone: 0.4,
  same_place_and_category: 0.35,
  same_building: 0.25,
  similar_words: 0,
} as const;
export type DuplicateReason = keyof typeof reasonWorth;

/** Share of the shorter text's words that the longer one has too, drawn down for very short texts; 0 to 1. */
export function likeness(a: readonly string[], b: readonly string[]): number {
  const [few, many] = [telling(a), telling(b)].sort((x, y) => x.size - y.size) as [Set<string>, Set<string>];
  if (few.size === 0) return 0;
  let common = 0;
  for (const word of few) if (many.has(word)) common++;
  const jaccard = common / (few.size + many.size - common);
  // Two shared words of three prove little: four words are taken to be the least that a matter needs.
  return (common / Math.max(4, few.size) + jaccard) / 2;
}

/** Single characters and numbers are shared by chance. */
function telling(words: readonly string[]): Set<string> {
  return new Set(words.filter((word) => word.length > 1 && !/^\d/.test(word)));
}

export interface Candidate {
  readonly same_phone: boolean;
  readonly same_building: boolean;
  readonly same_place: boolean;
  readonly same_category: boolean;
  /** Received within the days in which appeals of different people count as one matter. */
  readonly recent: boolean;
  readonly likeness: number;
}

// Below this two texts about the same building are about different things; above `alike` they are one matter wherever they meet.
const related = 0.2;
const alike = 0.4;

/** The reasons that hold for a candidate and how likely it is the same matter (0 to 1); no reasons: it is none. */
export function judgeCandidate(candidate: Candidate): { reasons: DuplicateReason[]; score: number } {
  const { same_phone, same_building, same_place, same_category, recent, likeness: like } = candidate;
  const holds: Record<DuplicateReason, boolean> = {
    same_phone,
    same_place_and_category: same_place && same_category && recent,
    same_building: same_building && (same_category || like >= related),
    similar_words: like >= alike,
  };
  const reasons = (Object.keys(holds) as DuplicateReason[]).filter((reason) => holds[reason]);
  if (reasons.length === 0) return { reasons, score: 0 };
  const doubt = reasons.reduce((left, reason) => left * (1 - reasonWorth[reason]), 1 - like);
  return { reasons, score: Math.round((1 - doubt) * 100) / 100 };
}

export interface Matter {
  readonly phone_hash: string | null;
  readonly category_code: string | null;
  readonly place_unit_id: number;
  readonly building_id: number | null;
  readonly received_at: Date;
}

/**
 * A repeat is the same caller about the same category at the same place within the window (90 days; Beijing rules art. 11): the same
 * building, or the same grid where no building is known.
 */
export function isRepeat(matter: Matter, earlier: Matter, window_days = 90): boolean {
  const age = matter.received_at.getTime() - earlier.received_at.getTime();
  const same_place =
    matter.building_id !== null && earlier.building_id !== null
      ? matter.building_id === earlier.building_id
      : matter.place_unit_id === earlier.place_unit_id;
  return (
    matter.phone_hash !== null &&
    matter.phone_hash === earlier.phone_hash &&
    matter.category_code !== null &&
    matter.category_code === earlier.category_code &&
    same_place &&
    age >= 0 &&
    age <= window_days * 86_400_000
  );
}
