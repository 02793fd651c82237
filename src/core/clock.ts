/** Where "now" comes from: called once per request or job, then handed down as `now: Date`. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

// China has kept one offset without summer time since 1991; adding it is a hundred times faster than Intl.
const offset_ms = 8 * 3_600_000;
const minute_ms = 60_000;

/** The calendar day ('YYYY-MM-DD') in the city's zone. */
export function dayOf(instant: Date): string {
  return new Date(instant.getTime() + offset_ms).toISOString().slice(0, 10);
}

/** The instant at which a calendar day begins in the city's zone. */
export function startOfDay(day: string): Date {
  return new Date(`${day}T00:00:00+08:00`);
}

/** Minutes since midnight in the city's zone, 0 to 1439. */
export function minuteOfDay(instant: Date): number {
  return Math.floor(((instant.getTime() + offset_ms) / minute_ms) % 1440);
}

export function addMinutes(instant: Date, minutes: number): Date {
  return new Date(instant.getTime() + minutes * minute_ms);
}

/** The calendar day that many days later, or earlier when negative. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 1440 * minute_ms).toISOString().slice(0, 10);
}
