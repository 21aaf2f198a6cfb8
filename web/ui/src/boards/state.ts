/** The boards as the server has them, the one that is being filled in, and what changes them. */
import { computed, signal } from "@preact/signals";
import { decodeBoard, type Board } from "../generated/board";
import { decodeBoardsPage, type BoardsPage, type DefinedBoard } from "../generated/definitions";
import { ask, Refusal, zone } from "../people/session";
import { refused, tried } from "../people/trying";
import { addressOf, draftOf, wire, type Draft } from "./draft";

const SOMEBODY_WAS_FIRST = 412;

export const page = signal<BoardsPage | null>(null);
export const draft = signal<Draft | null>(null);
/** The sentence that somebody else was first; empty: nobody was. */
export const overtaken = signal("");
/** What was done last, for whoever cannot see it. */
export const done = signal<{ readonly title: string; readonly kind: "kept" | "removed" | "back" } | null>(null);
/** The board as it would be, or why it cannot be. */
export const preview = signal<Board | string | null>(null);

export const address = computed(() => {
  const now = draft.value;
  if (!now) return "";
  return now.board ?? addressOf(now.form.title, page.value?.boards.map((one) => one.board) ?? []);
});

export const known = (board: string): DefinedBoard | undefined => page.peek()?.boards.find((one) => one.board === board);

async function refresh(): Promise<void> {
  page.value = decodeBoardsPage(await ask("GET", "/api/v1/definitions"));
}

export const load = (): Promise<boolean> => tried(refresh);

export function edit(next: Draft | null): void {
  overtaken.value = refused.value = "";
  preview.value = null;
  draft.value = next;
  done.value = null;
  history.replaceState(null, "", next?.board ? `#${next.board}` : location.pathname);
}

export function fill(form: Partial<Draft["form"]>): void {
  const now = draft.peek();
  if (now) draft.value = { ...now, form: { ...now.form, ...form } };
}

export function fillNotices(notices: Draft["notices"]): void {
  const now = draft.peek();
  if (now) draft.value = { ...now, notices };
}

const placeOf = (board: string): string => `/api/v1/boards/${encodeURIComponent(board)}`;

/** Tries a change that follows on a version; when somebody was first, that is said beside what was filled in. */
function changed(work: () => Promise<void>): Promise<boolean> {
  return tried(async () => {
    try {
      await work();
      overtaken.value = "";
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== SOMEBODY_WAS_FIRST) throw error;
      await refresh();
      overtaken.value = error.message;
    }
  });
}

export function keep(): Promise<boolean> {
  return changed(async () => {
    const now = draft.peek();
    if (!now) return;
    const follows: Record<string, string> = now.board === null ? { "if-none-match": "*" } : { "if-match": `"${now.version}"` };
    await ask("PUT", `${placeOf(address.peek())}/definition`, wire(now), follows);
    await refresh();
    edit(null);
    done.value = { title: now.form.title, kind: "kept" };
  });
}

/** Back to the configuration's; a board that was made here is gone then. */
export function takeAway(): Promise<boolean> {
  return changed(async () => {
    const now = draft.peek();
    if (!now?.board) return;
    const kind = known(now.board)?.origin === "made" ? "removed" : "back";
    await ask("DELETE", `${placeOf(now.board)}/definition`, undefined, { "if-match": `"${now.version}"` });
    await refresh();
    edit(null);
    done.value = { title: now.form.title, kind };
  });
}

/** After somebody was first: theirs in the place of what was filled in, or this one over it all the same. */
export function takeTheirs(): void {
  const theirs = known(draft.peek()?.board ?? "");
  edit(theirs ? draftOf(theirs, zone()) : null);
}

export async function keepMineOverIt(): Promise<void> {
  const now = draft.peek();
  const theirs = known(now?.board ?? "");
  if (!now) return;
  draft.value = theirs ? { ...now, version: theirs.version } : { ...now, board: null, version: 0 };
  await keep();
}

/** Asks how the draft would look; an answer to an older draft is passed over. */
export async function look(): Promise<void> {
  const now = draft.peek();
  if (!now) return;
  let shown: Board | string;
  try {
    shown = decodeBoard(await ask("POST", `${placeOf(address.peek())}/preview`, wire(now)));
  } catch (error) {
    if (!(error instanceof Refusal)) return;
    shown = error.message;
  }
  if (draft.peek() === now) preview.value = shown;
}
