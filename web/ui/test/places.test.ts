import { expect, test } from "vitest";
import { decodeBalance, type Balance } from "../src/generated/board";
import { ground, isInside, steps, toneOf } from "../src/places";

const MINUTE = 60_000;

/** Places of [points, per cent], a quarter of an hour after one another; null: a window that is not shown. */
function balance(...places: ([number, number] | null)[]): Balance {
  const field = { window_seconds: 3600, step_seconds: 900, field_from_points: -3, field_to_percent: 10 };
  const trail = places.flatMap((place, at) =>
    place ? [{ began_at: 15 * at * MINUTE, helped_points: place[0], pace_percent: place[1] }] : [],
  );
  return { ...decodeBalance(field), trail };
}

test("the expected is in the middle, more helped lies up and quicker to the right", () => {
  const { spot } = ground(balance());
  expect(spot({ helped_points: 0, pace_percent: 0 })).toEqual({ x: 0.5, y: 0.5 });
  expect(spot({ helped_points: 5, pace_percent: 0 }).y).toBeLessThan(0.5);
  expect(spot({ helped_points: 0, pace_percent: -5 }).x).toBeGreaterThan(0.5);
});

test("speed does not move a place up or down, and quality not sideways", () => {
  const { spot } = ground(balance());
  const heights = [-25, 0, 25].map((percent) => spot({ helped_points: 4, pace_percent: percent }).y);
  expect(new Set(heights).size).toBe(1);
});

test("the ground grows with the day and has an end", () => {
  expect(ground(balance([2, 3]))).toMatchObject({ percent: 25, points: 10 });
  expect(ground(balance([-14, 32]))).toMatchObject({ percent: 35, points: 15 });
  const { percent, points, spot } = ground(balance([-80, 400]));
  expect([percent, points]).toEqual([60, 30]);
  expect(spot({ helped_points: -80, pace_percent: 400 })).toEqual({ x: 0, y: 1 });
});

test("the path grows older to the back, and a window that is not shown leaves a gap", () => {
  const path = steps(balance([0, 0], [1, 0], null, [2, 0], [3, 0]));
  expect(path.map(({ gap }) => gap)).toEqual([false, true, false]);
  expect(path.at(-1)?.age).toBeLessThan(path[0]?.age ?? 0);
});

test("inside is at the field's edge and beyond it upwards and to the right", () => {
  const inside = ([points, percent]: [number, number]) =>
    isInside(balance(), { began_at: 0, helped_points: points, pace_percent: percent });
  expect([[-3, 10], [20, -50]].map((place) => inside(place as [number, number]))).toEqual([true, true]);
  expect([[-4, 0], [0, 11]].map((place) => inside(place as [number, number]))).toEqual([false, false]);
});

test("only nothing to say has no tone, and only the field is good", () => {
  expect(toneOf(balance())).toBe("none");
  expect(toneOf({ ...balance([0, 0]), verdict: "in_balance" })).toBe("good");
  expect(toneOf({ ...balance([0, 0]), verdict: "quick" })).toBe("watch");
});
