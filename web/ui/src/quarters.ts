/** Today's curve made ready to draw and to tell: from the first hour with work, complete intervals only. Pure. */
import type { Curve } from "./generated/board";

export interface Quarters {
  /** Begin of each interval, in seconds since 1970. */
  readonly at: number[];
  readonly offered: number[];
  readonly answered: number[];
  /** Null on a board that hides who waits. */
  readonly waiting: number[] | null;
  readonly service_level: (number | null)[];
}

const HOUR_SECONDS = 3600;

export function quarters(curve: Curve, now: number): Quarters {
  const step = curve.interval_seconds;
  const began = curve.began_at / 1000;
  const complete = Math.min(curve.offered.length, Math.floor((now / 1000 - began) / step));
  const first = curve.offered.findIndex((offered, place) => offered > 0 || (curve.waiting[place] ?? 0) > 0);
  const from = first < 0 ? 0 : first - (first % (HOUR_SECONDS / step));
  const cut = <T>(values: readonly T[]): T[] => values.slice(from, complete);
  return {
    at: cut(curve.offered).map((_, place) => began + (from + place) * step),
    offered: cut(curve.offered),
    answered: cut(curve.answered),
    waiting: curve.waiting.length > 0 ? cut(curve.waiting) : null,
    service_level: cut(curve.service_level),
  };
}

export interface Told {
  readonly offered: number;
  readonly answered: number;
  readonly busiest: number;
  readonly busiestAt: number;
  readonly waiting: { readonly most: number; readonly at: number } | null;
}

/** What the drawing says, in figures; null while there is nothing to say. */
export function told({ at, offered, answered, waiting }: Quarters): Told | null {
  if (at.length === 0) return null;
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  const busiest = Math.max(...offered);
  const most = Math.max(...(waiting ?? []));
  return {
    offered: sum(offered),
    answered: sum(answered),
    busiest,
    busiestAt: 1000 * (at[offered.indexOf(busiest)] ?? 0),
    waiting: waiting && { most, at: 1000 * (at[waiting.indexOf(most)] ?? 0) },
  };
}
