/** How a figure stands, in a word and a tone: a tone is drawn as a shape and a colour, never as a colour alone. Pure. */
import type { Figure } from "./generated/board";
import { MEASURES, type MeasureKey } from "./generated/measures";
import type { Key } from "./language";

export type Tone = "good" | "watch" | "act" | "idle" | "none";
export interface Standing {
  readonly tone: Tone;
  readonly word: Key | null;
}

/** Within a tenth of the expected is "as expected". */
export const EXPECTED_BAND = 0.1;

const NOTHING: Standing = { tone: "none", word: null };

export type Reading = "figure" | "nothing" | "too_little";
export function reading(figure: Figure): Reading {
  if (figure.too_little) return "too_little";
  return figure.value === null ? "nothing" : "figure";
}

/** Quicker than expected is no merit and slower no fault by itself: a word, and at most a reason to look. */
function besideExpected(value: number, expected: number, ratio: boolean): Standing {
  const away = value / expected - 1;
  if (Math.abs(away) <= EXPECTED_BAND) return { tone: "good", word: "expected.as" };
  if (ratio) return away > 0 ? { tone: "good", word: "expected.above" } : { tone: "watch", word: "expected.below" };
  return away > 0 ? { tone: "watch", word: "expected.longer" } : { tone: "good", word: "expected.shorter" };
}

export function standing(figure: Figure): Standing {
  const measure = MEASURES[figure.measure as MeasureKey];
  if (!measure || reading(figure) !== "figure" || figure.value === null) return NOTHING;
  if (figure.expected) return besideExpected(figure.value, figure.expected, measure.unit === "ratio");
  const { band } = figure;
  if (band === "none" || measure.better === "none") return NOTHING;
  if (measure.better === "band") return { tone: band, word: `band.band.${band}` };
  return band === "idle" ? NOTHING : { tone: band, word: `band.${measure.better}.${band}` };
}

/** A figure's place on a short scale, 0-1, with the zone where it is as it should be. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

const within = (value: number): number => Math.min(1, Math.max(0, value));

export function scaleOf(figure: Figure): Scale | null {
  const measure = MEASURES[figure.measure as MeasureKey];
  if (!measure || figure.value === null || figure.too_little) return null;
  const value = figure.value;
  const expected = figure.expected;
  const on = (low: number, high: number, from: number, to: number): Scale => {
    const place = (x: number): number => within((x - low) / (high - low));
    return { from: place(from), to: place(to), at: place(value) };
  };
  if (measure.better === "band" && measure.thresholds) {
    return on(0.4, 1, measure.thresholds.idle ?? 0, measure.thresholds.good);
  }
  if (expected) {
    const reach = measure.unit === "ratio" ? 2.5 * EXPECTED_BAND : 5 * EXPECTED_BAND;
    return on(expected * (1 - reach), expected * (1 + reach), expected * (1 - EXPECTED_BAND), expected * (1 + EXPECTED_BAND));
  }
  const target = figure.target ?? measure.thresholds?.good ?? null;
  if (measure.unit === "ratio" && target !== null) {
    return measure.better === "higher" ? on(0.4, 1, target, 1) : on(0, 4 * target, 0, target);
  }
  return null;
}
