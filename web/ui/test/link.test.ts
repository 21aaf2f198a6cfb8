import { expect, test } from "vitest";
import { backOff } from "../src/link";

test("each try waits longer, up to a quarter of a minute", () => {
  const waits = Array.from({ length: 10 }, (_, attempt) => backOff(attempt, 1));
  expect(waits.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
  expect(waits.at(-1)).toBe(15_000);
});

test("chance spreads the screens over the second half of the wait", () => {
  expect(backOff(3, 0)).toBe(2000);
  expect(backOff(3, 0.5)).toBe(3000);
});
