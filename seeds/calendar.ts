import { createRequire } from 'node:module';
import type * as ChineseDays from 'chinese-days';

// The package's own module build exports nothing by name under Node.
const { getDayDetail } = createRequire(import.meta.url)('chinese-days') as typeof ChineseDays;

export interface CalendarRow {
  day: string;
  working: boolean;
  /** The holiday a day off or a make-up working day belongs to; empty on a plain day. */
  name: string;
}

/** Every day of the years for which the State Council's notices are known; the next year is entered by hand when its notice appears. */
export function calendarRows(first_year = 2024, last_year = 2026): CalendarRow[] {
  const rows: CalendarRow[] = [];
  for (let at = Date.UTC(first_year, 0, 1); at < Date.UTC(last_year + 1, 0, 1); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    const detail = getDayDetail(day);
    // 'Spring Festival,春节,4' on holidays and make-up days, 'Monday' on plain ones.
    const holiday = detail.name.split(',')[1];
    rows.push({ day, working: detail.work, name: holiday ? holiday + (detail.work ? '调休上班' : '') : '' });
  }
  return rows;
}
