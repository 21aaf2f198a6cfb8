/** The texts of one language: what the wall shows at once, and what its explanations need, each fetched when wanted. */
import type catalogue from "./catalogue/en.json";
import type explanation from "./catalogue/explanation.en.json";
import type { MeasureKey, MeasureTexts } from "./generated/measures";

export type Language = "nl" | "en";
export type Key = keyof typeof catalogue;
export type ExplanationKey = keyof typeof explanation;
export type Values = Record<string, string | number>;

export interface Texts {
  readonly language: Language;
  readonly catalogue: Record<Key, string>;
  readonly labels: Record<MeasureKey, string>;
}

export interface ExplanationTexts {
  readonly catalogue: Record<ExplanationKey, string>;
  readonly measures: Record<MeasureKey, MeasureTexts>;
}

/** Each language is a file of its own, so that nobody downloads the other. */
export async function texts(language: Language): Promise<Texts> {
  return (language === "nl" ? await import("./catalogue/nl") : await import("./catalogue/en")).texts;
}

export async function explanationTexts(language: Language): Promise<ExplanationTexts> {
  return (language === "nl" ? await import("./catalogue/explanation.nl") : await import("./catalogue/explanation.en")).texts;
}

/** The first of the browser's languages that we speak, else English. */
export function chosenLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (tag.toLowerCase().startsWith("nl")) return "nl";
    if (tag.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

/** `{name}` in a text takes a value. */
export function filled(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
