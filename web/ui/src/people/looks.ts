/** How the viewer wants to see the pages: language, theme. Shared with the wall by the browser's memory. */
import { effect } from "@preact/signals";
import { choice } from "../choice";
import { chosenLanguage, type Language } from "../language";

export type Theme = "auto" | "light" | "dark";
export const THEMES = ["auto", "light", "dark"] as const;

export const language = choice<Language>("lang", ["nl", "en"], chosenLanguage(navigator.languages));
export const theme = choice<Theme>("theme", THEMES, "auto");

effect(() => void (document.documentElement.dataset["theme"] = theme.value));
