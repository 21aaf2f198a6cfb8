/** Texts and numbers bound to the viewer's language; reading them in a component makes it follow the language. */
import { firstOf } from "./board";
import * as format from "./format";
import { filled, type Key, type Language, type Texts, type Values } from "./language";
import { board, shownTexts } from "./state";
import { MEASURES, type Measure, type MeasureKey, type Unit } from "./generated/measures";

/** Nothing is rendered before the texts of the first language are here. */
function come(): Texts {
  if (!shownTexts.value) throw new Error("texts were read before they came");
  return shownTexts.value;
}
const language = (): Language => come().language;

export const t = (key: Key, values?: Values): string => filled(come().catalogue[key], values);
/** A key that came from the server, if the catalogue knows it. */
export const isKey = (word: string): word is Key => Object.hasOwn(come().catalogue, word);

/** One of two texts by the number's plural form. */
export const plural = (one: Key, other: Key, value: number): string =>
  t(new Intl.PluralRules(language()).select(value) === "one" ? one : other, { n: count(value) });

export const count = (value: number, digits = 0): string => format.count(value, language(), digits);
export const duration = (seconds: number): string => format.duration(seconds, language());
export const percent = (ratio: number): string => format.percent(ratio, language());
export const signed = (value: number): string => format.signed(value, language());
export const inUnit = (value: number, unit: Unit): string => format.inUnit(value, unit, language());

const zone = (): string => (board.value && firstOf(board.value, "header")?.time_zone) || "UTC";
export const clock = (at: number, seconds = false): string => format.clock(at, zone(), language(), seconds);
export const day = (at: number): string => format.day(at, zone(), language());

export const measure = (key: string): Measure | undefined => MEASURES[key as MeasureKey];
export const label = (key: string): string => come().labels[key as MeasureKey] ?? key;
