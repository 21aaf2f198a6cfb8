/** How a figure stands, in a word and a tone: a tone is drawn as a shape and a colour, never as a colour alone. Pure. */
import type { Figure } from "./generated/board";
import { HELPED_FROM_POINTS, MEASURES, SLOWER_TO_PERCENT, type MeasureKey } from "./generated/measures";
import type { Key } from "./language";

export type Tone = "good" | "watch" | "act" | "idle" | "none";
export interface Standing {
  readonly tone: Tone;
  readonly word: Key | null;
}

/** Within a tenth of an expected time is "as expected", and within a few percentage points of an expected share. */
const TIME_BAND = SLOWER_TO_PERCENT / 100;
const SHARE_BAND = -HELPED_FROM_POINTS / 100;
/** A hair more, for what binary fractions leave of 0.03. */
const HAIR = 1e-9;

const NOTHING: Standing = { tone: "none", word: null };

export type Reading = "figure" | "nothing" | "too_little";
export function reading(figure: Figure): Reading {
  if (figure.too_little) return "too_little";
  return figure.value === null ? "nothing" : "figure";
}

/** Quicker than expected is no merit and slower no fault by itself: a word, and at most a reason to look. */
function besideExpected(value: number, expected: number, ratio: boolean): Standing {
  const away = ratio ? value - expected : value / expected - 1;
  if (Math.abs(away) <= (ratio ? SHARE_BAND : TIME_BAND) + HAIR) return { tone: "good", word: "expected.as" };
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
    const band = measure.unit === "ratio" ? SHARE_BAND : TIME_BAND * expected;
    return on(expected - 5 * band, expected + 5 * band, expected - band, expected + band);
  }
  const target = figure.target ?? measure.thresholds?.good ?? null;
  if (measure.unit === "ratio" && target !== null) {
    return measure.better === "higher" ? on(0.4, 1, target, 1) : on(0, 4 * target, 0, target);
  }
  return null;
}
