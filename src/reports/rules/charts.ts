/** A column of a chart drawn on the server, in its own pixels. */
export interface Column {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly middle: number;
}
export const plot = { width: 640, height: 180, top: 18, foot: 22 };

/** Columns from zero, as high as their share of the highest. */
export function columnsOf(values: readonly number[]): Column[] {
  const most = Math.max(1, ...values);
  const step = plot.width / Math.max(1, values.length);
  const room = plot.height - plot.top - plot.foot;
  const width = Math.min(48, Math.round(step * 0.7));
  return values.map((value, i) => {
    const height = Math.round((value / most) * room);
    const middle = Math.round(step * (i + 0.5));
    return { x: middle - Math.round(width / 2), y: plot.height - plot.foot - height, width, height, middle };
  });
}

/** How long bars are, in per cent of the longest; from zero, never cut. */
export function lengthsOf(values: readonly number[]): number[] {
  const most = Math.max(1, ...values);
  return values.map((value) => Math.round((value / most) * 1000) / 10);
}

/** Five depths of a heat map; zero is the paper. */
export const depthOf = (value: number, most: number): number =>
  value <= 0 ? 0 : Math.max(1, Math.ceil((value / Math.max(1, most)) * 5));
