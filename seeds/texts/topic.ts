export type Kind = 'inquiry' | 'help' | 'complaint' | 'report' | 'suggestion' | 'praise';

/** One way in which a matter of the category comes up; the slots of texts/slots.ts may stand in both. */
export interface Cause {
  kind: Kind;
  title: string;
  text: string;
}

/** How often a category comes up by month; see SEASONS in history. */
export type Season = 'even' | 'heating' | 'flood' | 'summer' | 'winter' | 'spring' | 'school' | 'harvest' | 'year_end';

/** All that residents and units say about one category. */
export interface Topic {
  /** Share of all appeals, relative to the other categories. */
  weight: number;
  season: Season;
  /** Share of the appeals that come from villages and towns without communities, 0–1. */
  rural: number;
  causes: Cause[];
  details: string[];
  asks: string[];
  /** What the dispatcher or the town writes to the unit. */
  instructions: string[];
  solved: string[];
  explained: string[];
  /** What the hotline can say at once; without it the category is never answered directly. */
  answers?: string[];
}

const cause =
  (kind: Kind) =>
  (title: string, text: string): Cause => ({ kind, title, text });
export const inquiry = cause('inquiry');
export const help = cause('help');
export const complaint = cause('complaint');
export const report = cause('report');
export const suggestion = cause('suggestion');
export const praise = cause('praise');
