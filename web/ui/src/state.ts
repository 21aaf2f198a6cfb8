/** What the page knows, as signals: the board, the connection, the time, and the viewer's own choices. */
import { computed, effect, signal } from "@preact/signals";
import { firstOf, type Held } from "./board";
import { asked, choice } from "./choice";
import { chosenLanguage, texts, type Language, type Texts } from "./language";
import type { Board } from "./generated/board";
import { rotation, type Rotation } from "./rotation";

/** Figures that no longer move although the connection lives: the monitor behind the page is silent. */
export const OLD_MS = 10_000;

export const board = signal<Board | null>(null);
export const lost = signal(false);
/** There is no such board any more. */
export const gone = signal(false);
/** The viewer's monotonic clock, once a second. */
const tick = signal(performance.now());
const heardAt = signal(performance.now());
const movedAt = signal(performance.now());

setInterval(() => (tick.value = performance.now()), 1000);

/** The board was removed: nothing of it is shown any more. */
export function letGo(): void {
  lost.value = false;
  gone.value = true;
  board.value = null;
}

export function hold({ board: next }: Held): void {
  const now = performance.now();
  if (next.at !== board.peek()?.at) movedAt.value = now;
  heardAt.value = tick.value = now;
  lost.value = gone.value = false;
  board.value = next;
}

/** The site's time now: the board's own instant, counted on by this viewer's clock, so that a wrong clock does no harm. */
export const now = computed(() => (board.value ? board.value.at + Math.max(0, tick.value - movedAt.value) : Date.now()));
export const old = computed(() => board.value !== null && tick.value - movedAt.value > OLD_MS);
/** Whether the figures may be believed. */
export const fresh = computed(() => board.value !== null && !lost.value && !old.value);
/** The second up to which waiting is counted on: with no news the count stands still. */
export const countedAt = computed(() => 1000 * Math.floor((fresh.value ? now.value : (board.value?.at ?? Date.now())) / 1000));

export type Theme = "auto" | "light" | "dark";
export const SCALES = ["0.8", "0.9", "1", "1.15", "1.3", "1.5", "1.75", "2"] as const;
export const language = choice<Language>("lang", ["nl", "en"], chosenLanguage(navigator.languages));
/** The texts on the screen; they follow the language as soon as they are here. */
export const shownTexts = signal<Texts | null>(null);
effect(() => {
  const wanted = language.value;
  void texts(wanted).then((come) => {
    if (language.value === wanted) shownTexts.value = come;
  });
});
export const theme = choice<Theme>("theme", ["auto", "light", "dark"], "auto");
export const scale = choice<(typeof SCALES)[number]>("scale", SCALES, "1");
export const rowsShown = choice<"queue" | "channel">("rows", ["queue", "channel"], "queue");
export const curveShown = choice<"drawing" | "table">("curve", ["drawing", "table"], "drawing");

/** The board that is shown, or on its way. */
export const shownBoard = signal("");
/** The turns of the board that was opened: those it leads to do not lead on. */
const ownTurns = signal<{ board: string; turns: Rotation } | null>(null);
effect(() => {
  const header = board.value && firstOf(board.value, "header");
  if (!board.value || !header) return;
  const opened = ownTurns.peek() ?? { board: board.value.id, turns: null };
  const turns = { boards: header.rotate, seconds: header.rotate_seconds };
  // A lead may change them while they are shown; a picture without such a change starts no turn anew.
  if (opened.board === board.value.id && JSON.stringify(turns) !== JSON.stringify(opened.turns)) {
    ownTurns.value = { board: opened.board, turns };
  }
});
export const rotating = computed(() => rotation(asked, ownTurns.value?.turns ?? null));

/** Which figure is explained: its part and its place there. */
export const explained = signal<{ part: string; index: number } | null>(null);

effect(() => {
  const root = document.documentElement;
  root.lang = shownTexts.value?.language ?? language.value;
  root.dataset["theme"] = theme.value;
  root.style.setProperty("--scale", scale.value);
});
