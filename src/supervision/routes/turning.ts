/** Where a list goes on: an instant and the row's number, as they stand in an address. */
export interface Turn {
  readonly at: Date;
  readonly id: number;
}

export const turnOf = ({ at, id }: Turn): string => `${at.toISOString()}_${id}`;

export function readTurn(text: string | null): Turn | null {
  const [at, id] = (text ?? '').split('_');
  const instant = new Date(at ?? '');
  return id && /^\d{1,15}$/.test(id) && !Number.isNaN(instant.getTime()) ? { at: instant, id: Number(id) } : null;
}
