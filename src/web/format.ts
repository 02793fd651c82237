import { type Lang, words } from '../words/words.ts';

const zone = 'Asia/Shanghai';
const minute = 60_000;

/** How much time is left of a limit, ready to be shown. */
export interface Left {
  readonly tone: 'go' | 'warn' | 'late';
  /** how much is left, or by how much it is over */
  readonly text: string;
  /** until when, with the day where it is not today */
  readonly by: string;
  /** the instant as HTML wants it */
  readonly at: string;
  /** per cent of the limit, 0–100; null when its start is not known */
  readonly spent: number | null;
}

/** How times and numbers are written in one language; instants are told in the city's zone. */
export interface Format {
  /** HH:mm */
  time(at: Date): string;
  /** a calendar day of an instant or a 'YYYY-MM-DD' string */
  day(on: Date | string): string;
  /** day and time without the year */
  moment(at: Date): string;
  /** day and time with the year */
  full(at: Date): string;
  /** the month of a 'YYYY-MM-DD' or 'YYYY-MM' string */
  month(on: string): string;
  number(n: number): string;
  /** a fraction with two decimals of a per cent: 0.9892 → 98.92% */
  percent(fraction: number): string;
  /** two decimals */
  decimal(n: number): string;
  /** a length of time: 72 → 1 h 12 min */
  span(minutes: number): string;
  /** what is left of a limit that began at `started`; warns in its last quarter (without a start: in the last hour) */
  left(due: Date, now: Date, started?: Date | null): Left;
}

// Swedish is a locale whose plain date is ISO 8601; one formatter serves every kind of text by slicing.
const isoFormat = new Intl.DateTimeFormat('sv-SE', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});

const told = new Map<number, string>();

/** 'YYYY-MM-DD HH:mm' in the city. A page tells the same minutes again and again: the last few thousand are kept. */
function iso(at: Date): string {
  const key = Math.floor(at.getTime() / minute);
  const known = told.get(key);
  if (known !== undefined) return known;
  if (told.size >= 4096) told.clear();
  const text = isoFormat.format(at);
  told.set(key, text);
  return text;
}

/** How much of a limit is used, in whole per cent; 100 only when it is over. */
function spentOf(started: Date, now: Date, due: Date): number {
  const whole = due.getTime() - started.getTime();
  if (whole <= 0 || now >= due) return 100;
  return Math.min(99, Math.max(0, Math.round(((now.getTime() - started.getTime()) / whole) * 100)));
}

const locales: Record<Lang, string> = { zh: 'zh-CN', en: 'en-GB' };

function formatOf(lang: Lang): Format {
  const t = words[lang].common;
  const locale = locales[lang];
  const whole = new Intl.NumberFormat(locale);
  const twoDecimals = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percents = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const longMonth = new Intl.DateTimeFormat(locale, { timeZone: zone, year: 'numeric', month: 'long' });
  const longDay = new Intl.DateTimeFormat(locale, { timeZone: zone, year: 'numeric', month: 'short', day: 'numeric' });
  const shortDay = new Intl.DateTimeFormat(locale, { timeZone: zone, month: 'short', day: 'numeric' });
  const noonOf = (day: string) => Date.parse(`${day.length === 7 ? `${day}-01` : day}T12:00:00+08:00`);

  const day =
    lang === 'zh'
      ? (on: Date | string) => (typeof on === 'string' ? on : iso(on).slice(0, 10))
      : (on: Date | string) => longDay.format(typeof on === 'string' ? noonOf(on) : on);
  const moment = lang === 'zh' ? (at: Date) => iso(at).slice(5) : (at: Date) => `${shortDay.format(at)} ${iso(at).slice(11)}`;
  const time = (at: Date) => iso(at).slice(11);

  function span(minutes: number): string {
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor((minutes % 1440) / 60);
    const rest = Math.floor(minutes % 60);
    if (days > 0) return hours > 0 && days < 10 ? t.days_hours(days, hours) : t.days(days);
    if (hours > 0) return rest > 0 ? t.hours_minutes(hours, rest) : t.hours(hours);
    return rest > 0 ? t.minutes(rest) : t.just_now;
  }

  function left(due: Date, now: Date, started?: Date | null): Left {
    const remaining = due.getTime() - now.getTime();
    const spent = started ? spentOf(started, now, due) : null;
    const near = spent === null ? remaining < 60 * minute : spent >= 75;
    const minutes = Math.floor(Math.abs(remaining) / minute);
    const dueText = iso(due);
    return {
      tone: remaining <= 0 ? 'late' : near ? 'warn' : 'go',
      text: remaining > 0 ? t.left(span(minutes)) : minutes > 0 ? t.over(span(minutes)) : t.over_now,
      by: t.due_by(dueText.slice(0, 10) === iso(now).slice(0, 10) ? dueText.slice(11) : moment(due)),
      at: due.toISOString(),
      spent,
    };
  }

  return {
    time,
    day,
    moment,
    full: lang === 'zh' ? (at) => iso(at) : (at) => `${longDay.format(at)} ${time(at)}`,
    month: (on) => longMonth.format(noonOf(on)),
    number: (n) => whole.format(n),
    percent: (fraction) => percents.format(fraction),
    decimal: (n) => twoDecimals.format(n),
    span,
    left,
  };
}

/** Made once: a formatter made anew costs 70 µs a call. */
export const formats: Record<Lang, Format> = { zh: formatOf('zh'), en: formatOf('en') };
