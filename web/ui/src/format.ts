/** Figures as people read them. Pure: language and time zone are arguments. */
import type { Language } from "./language";
import type { Unit } from "./generated/measures";

/** 0:07, 12:30; from an hour on 3:05 h (u in Dutch). */
export function duration(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.round(seconds));
  const pair = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${pair(whole % 60)}`;
  const minutes = Math.floor(whole / 60);
  return `${Math.floor(minutes / 60)}:${pair(minutes % 60)} ${language === "nl" ? "u" : "h"}`;
}

export function count(value: number, language: Language, digits = 0): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
}

export function percent(ratio: number, language: Language): string {
  return `${count(100 * ratio, language)}%`;
}

/** +7, −3 and 0: a difference, with a true minus sign. */
export function signed(value: number, language: Language): string {
  return new Intl.NumberFormat(language, { signDisplay: "exceptZero" }).format(value).replace("-", "−");
}

export function inUnit(value: number, unit: Unit, language: Language): string {
  switch (unit) {
    case "count":
      return count(value, language);
    case "seconds":
      return duration(value, language);
    case "ratio":
      return percent(value, language);
    case "minutes":
      return `${count(value, language)} min`;
    case "per_agent":
      return count(value, language, 1);
  }
}

/** English as it is written on this side of the ocean: day before month. */
const locale = (language: Language): string => (language === "en" ? "en-GB" : language);

export function clock(at: number, timeZone: string, language: Language, seconds = false): string {
  return new Intl.DateTimeFormat(locale(language), {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
    timeZone,
  }).format(at);
}

export function day(at: number, timeZone: string, language: Language): string {
  return new Intl.DateTimeFormat(locale(language), { weekday: "long", day: "numeric", month: "long", timeZone }).format(at);
}
