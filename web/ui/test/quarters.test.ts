import { expect, test } from "vitest";
import type { Curve } from "../src/generated/board";
import { quarters, told } from "../src/quarters";

const MIDNIGHT = Date.UTC(2026, 2, 9, 23);
const curve = (offered: number[]): Curve => ({
  type: "curve",
  began_at: MIDNIGHT,
  interval_seconds: 900,
  offered,
  answered: offered.map((value) => Math.max(0, value - 1)),
  waiting: offered.map((value) => value / 2),
  service_level: offered.map((value) => (value > 3 ? 0.8 : null)),
});
const minutes = (number: number): number => MIDNIGHT + number * 60_000;

test("the drawing begins at the first hour with work and leaves out the quarter that is not over", () => {
  const shown = quarters(curve([0, 0, 0, 0, 0, 3, 9, 2]), minutes(7 * 15 + 5));
  expect(shown.offered).toEqual([0, 3, 9]);
  expect(shown.at[0]).toBe(minutes(60) / 1000);
  expect(shown.service_level).toEqual([null, null, 0.8]);
});

test("the text says what the drawing shows", () => {
  const says = told(quarters(curve([0, 0, 0, 0, 0, 3, 9, 2]), minutes(8 * 15)));
  expect(says).toMatchObject({ offered: 14, answered: 11, busiest: 9, busiestAt: minutes(90), waiting: { most: 4.5 } });
});

test("before anything has happened there is nothing to tell", () => {
  expect(told(quarters(curve([]), minutes(3)))).toBeNull();
  expect(told(quarters(curve([0]), minutes(3)))).toBeNull();
});
