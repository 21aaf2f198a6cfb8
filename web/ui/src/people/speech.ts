/** The words of a page: those that all pages of people share, and its own, in the language that is chosen. */
import { effect, signal } from "@preact/signals";
import * as format from "../format";
import { filled, type Language, type Values } from "../language";
import type shared from "./catalogue/en.json";
import { language } from "./looks";
import { zone } from "./session";

export type SharedKey = keyof typeof shared;
type Catalogue = Record<string, string>;
type Source = Record<Language, () => Promise<{ default: Catalogue }>>;

const SHARED: Source = { nl: () => import("./catalogue/nl.json"), en: () => import("./catalogue/en.json") };

const spoken = signal<{ language: Language; words: Catalogue } | null>(null);
export const ready = (): boolean => spoken.value !== null;

/** The words of a page that shows a part of another one. */
export const joined = async (...parts: Promise<{ default: Catalogue }>[]): Promise<{ default: Catalogue }> => ({
  default: Object.assign({}, ...(await Promise.all(parts)).map((part) => part.default)) as Catalogue,
});

/** Fetches the words again whenever the language changes. */
export function speakFrom(own: Source): void {
  effect(() => {
    const wanted = language.value;
    void Promise.all([SHARED[wanted](), own[wanted]()]).then(([common, page]) => {
      if (language.value !== wanted) return;
      spoken.value = { language: wanted, words: { ...common.default, ...page.default } };
      document.documentElement.lang = wanted;
    });
  });
}

function come(): { language: Language; words: Catalogue } {
  if (!spoken.value) throw new Error("words were read before they came");
  return spoken.value;
}

/** The words of a page whose own keys are `Key`. */
export function speaker<Key extends string>() {
  const t = (key: Key | SharedKey, values?: Values): string => filled(come().words[key] ?? key, values);
  const plural = (one: Key | SharedKey, other: Key | SharedKey, value: number, values: Values = {}): string =>
    t(new Intl.PluralRules(come().language).select(value) === "one" ? one : other, { n: count(value), ...values });
  return { t, plural };
}

/** With a capital, to begin a line with. */
export const capital = (words: string): string => words.charAt(0).toLocaleUpperCase() + words.slice(1);

/** A word that the server or the site chose: the catalogue's, else as it is. */
export const named = (prefix: string, word: string): string => come().words[`${prefix}.${word}`] ?? word;

export const count = (value: number, digits = 0): string => format.count(value, come().language, digits);
export const percent = (ratio: number): string => format.percent(ratio, come().language);
export const duration = (seconds: number): string => format.duration(seconds, come().language);
export const clock = (at: number): string => format.clock(at, zone(), come().language);
export const day = (at: number): string => format.day(at, zone(), come().language);

const locale = (): string => (come().language === "en" ? "en-GB" : "nl");
const dated = (at: number | string, how: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale(), { ...how, timeZone: typeof at === "string" ? "UTC" : zone() }).format(
    typeof at === "string" ? Date.parse(at) : at,
  );
/** 21 November, of an instant or of a day as 2026-11-21. */
export const date = (at: number | string): string => dated(at, { day: "numeric", month: "long" });
/** 21 Nov, where there is little room. */
export const shortDate = (at: number | string): string => dated(at, { day: "numeric", month: "short" });
/** 21 November 2026. */
export const fullDate = (at: number | string): string => dated(at, { day: "numeric", month: "long", year: "numeric" });
export const moment = (at: number): string => `${date(at)}, ${clock(at)}`;
