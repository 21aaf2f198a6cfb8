/** The balance made ready to draw and to tell: places on the ground of the picture, the field, and the path. Pure. */
import type { Balance, BalancePlace } from "./generated/board";
import type { Tone } from "./standing";

/** The ground reaches at least so far to each side, and at most so far; what lies beyond stands on its edge. */
const PERCENT = { least: 25, most: 60 };
const POINTS = { least: 10, most: 30 };

/** A place in the picture, 0-1 from its left and from its top. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Ground {
  /** Per cent slower or quicker at the sides. */
  readonly percent: number;
  /** Percentage points more or fewer at the top and the bottom. */
  readonly points: number;
  spot(place: Pick<BalancePlace, "helped_points" | "pace_percent">): Spot;
}

const within = (value: number): number => Math.min(1, Math.max(0, value));

function reach(values: readonly number[], { least, most }: typeof PERCENT): number {
  const furthest = Math.max(0, ...values.map(Math.abs));
  return Math.min(most, Math.max(least, 5 * Math.ceil((furthest + 1) / 5)));
}

/** Both axes have the expected in the middle; quicker lies to the right, more helped lies up. */
export function ground(balance: Balance): Ground {
  const percent = reach(balance.trail.map((place) => place.pace_percent), PERCENT);
  const points = reach(balance.trail.map((place) => place.helped_points), POINTS);
  return {
    percent,
    points,
    spot: (place) => ({
      x: within(0.5 - place.pace_percent / (2 * percent)),
      y: within(0.5 - place.helped_points / (2 * points)),
    }),
  };
}

/** A step of the path. `age` is 0 for the last step and 1 for the first; `gap`: windows between could not be shown. */
export interface Step {
  readonly from: BalancePlace;
  readonly to: BalancePlace;
  readonly age: number;
  readonly gap: boolean;
}

export function steps({ trail, step_seconds }: Balance): Step[] {
  return trail.slice(1).map((to, place) => {
    const from = trail[place] as BalancePlace;
    const age = trail.length > 2 ? 1 - place / (trail.length - 2) : 0;
    return { from, to, age, gap: to.began_at - from.began_at > 1000 * step_seconds };
  });
}

export function isInside(balance: Balance, { helped_points, pace_percent }: BalancePlace): boolean {
  return helped_points >= balance.field_from_points && pace_percent <= balance.field_to_percent;
}

export function toneOf({ verdict }: Balance): Tone {
  if (verdict === "nothing") return "none";
  return verdict === "in_balance" ? "good" : "watch";
}
