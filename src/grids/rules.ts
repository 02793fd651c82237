/** What the coverage report looks for: grids in which something is missing or out of the ordinary. None of it is an error. */
export const gridChecks = ['no_member', 'no_fulltime', 'households', 'no_building', 'no_branch', 'no_help_point'] as const;
export type GridCheck = (typeof gridChecks)[number];

/** "Base grids of about 300-400 households": the two parameters as a range. */
export interface HouseholdRange {
  readonly min: number;
  readonly max: number;
}
