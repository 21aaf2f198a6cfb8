import { expect, test } from "vitest";
import type { Figure } from "../src/generated/board";
import { plain } from "../src/own";
import { reading, scaleOf, standing } from "../src/standing";

const figure = (measure: string, value: number | null, more: Partial<Figure> = {}): Figure => ({ ...plain(measure, value), ...more });

test("nothing, zero and too little are three things", () => {
  expect(reading(figure("service_level_ratio", null))).toBe("nothing");
  expect(reading(figure("service_level_ratio", 0))).toBe("figure");
  expect(reading(figure("service_level_ratio", null, { too_little: true, n: 7 }))).toBe("too_little");
});

test("a figure stands as its band says, with a word for it", () => {
  expect(standing(figure("service_level_ratio", 0.85, { band: "good" }))).toEqual({ tone: "good", word: "band.higher.good" });
  expect(standing(figure("abandoned_ratio", 0.2, { band: "act" }))).toEqual({ tone: "act", word: "band.lower.act" });
  expect(standing(figure("occupancy_ratio", 0.5, { band: "idle" }))).toEqual({ tone: "idle", word: "band.band.idle" });
});

test("handle time is set beside the expected: a band, never a target, and quick is no alarm", () => {
  const beside = (value: number) => standing(figure("handle_time_seconds", value, { expected: 390 }));
  expect(beside(400)).toEqual({ tone: "good", word: "expected.as" });
  expect(beside(500)).toEqual({ tone: "watch", word: "expected.longer" });
  expect(beside(200)).toEqual({ tone: "good", word: "expected.shorter" });
});

test("what cannot be said has no standing and no scale", () => {
  for (const silent of [figure("occupancy_ratio", null), figure("service_level_ratio", 0.1, { too_little: true, band: "act" })]) {
    expect(standing(silent).tone).toBe("none");
    expect(scaleOf(silent)).toBeNull();
  }
  expect(scaleOf(figure("waiting", 12))).toBeNull();
});

test("the zone of a scale is where the figure should be", () => {
  const level = scaleOf(figure("service_level_ratio", 0.9, { target: 0.8 }));
  expect(level && level.at > level.from && level.at < level.to).toBe(true);
  const pace = scaleOf(figure("handle_time_seconds", 390, { expected: 390 }));
  expect(pace?.at).toBeCloseTo(0.5);
  expect(scaleOf(figure("occupancy_ratio", 0.1))?.at).toBe(0);
});
