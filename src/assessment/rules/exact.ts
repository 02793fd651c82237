/** Exact numbers: fractions of whole numbers, rounded once, half up, where a figure is published. No floats: people redo these sums by hand. */
export interface Fraction {
  readonly top: bigint;
  /** Above zero. */
  readonly bottom: bigint;
}

/** A published figure, in hundredths: 9463 is 94.63. */
export type Hundredths = number;

export const fraction = (top: number | bigint, bottom: number | bigint): Fraction => ({
  top: BigInt(top),
  bottom: BigInt(bottom),
});
export const plus = (a: Fraction, b: Fraction): Fraction => ({
  top: a.top * b.bottom + b.top * a.bottom,
  bottom: a.bottom * b.bottom,
});
export const times = (a: Fraction, b: Fraction): Fraction => ({ top: a.top * b.top, bottom: a.bottom * b.bottom });

/** A fraction at two decimals, half up; of numbers that are not negative. */
export function rounded({ top, bottom }: Fraction): Hundredths {
  return Number((top * 200n + bottom) / (bottom * 2n));
}

/** The same of a share, as a percentage: 93/100 is 9300, 93.00 %. */
export const percentage = (share: Fraction): Hundredths => rounded(times(share, fraction(100, 1)));

/** '94.63' as hundredths; what the database says as `numeric`. */
export function hundredthsOf(text: string): Hundredths {
  const [whole = '0', part = ''] = text.split('.');
  return Number(whole) * 100 + Number(part.padEnd(2, '0').slice(0, 2));
}

/** Hundredths as the database and a page write them. */
export function decimal(value: Hundredths): string {
  const text = String(Math.abs(value)).padStart(3, '0');
  return `${value < 0 ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`;
}
export const decimalOrNull = (value: Hundredths | null): string | null => (value === null ? null : decimal(value));
