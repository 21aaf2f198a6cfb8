/** A board while somebody fills it in. Pure. */
import type { BoardForm, DefinedBoard } from "../generated/definitions";

export interface DraftNotice {
  readonly kind: "notice" | "outage";
  readonly text: string;
  /** By the site's clock, as 2026-11-21T15:00; empty: until somebody takes it away. */
  readonly until: string;
}
export interface Draft {
  /** Null: a new board, whose address follows from its name. */
  readonly board: string | null;
  readonly version: number;
  readonly form: Omit<BoardForm, "notices">;
  readonly notices: readonly DraftNotice[];
}

const NAME_LETTERS = 63;
const TITLE_LETTERS = 60;

/** The address of a board of this name that nobody has yet: small letters, digits and dashes. */
export function addressOf(title: string, taken: readonly string[]): string {
  const plain = title
    .normalize("NFD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, NAME_LETTERS - 3)
    .replace(/^-+|-+$/g, "");
  const name = plain || "board";
  for (let number = 1; ; number++) {
    const address = number === 1 ? name : `${name}-${number}`;
    if (!taken.includes(address)) return address;
  }
}

/** The list with the place one step up (-1) or down (1). */
export function moved<T>(list: readonly T[], place: number, step: -1 | 1): readonly T[] {
  const to = place + step;
  if (to < 0 || to >= list.length) return list;
  const next = [...list];
  [next[place], next[to]] = [next[to] as T, next[place] as T];
  return next;
}

export const without = <T>(list: readonly T[], place: number): readonly T[] => list.filter((_, at) => at !== place);

/** An instant as a field of date and time has it, by the clock of a zone. */
export function localOf(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone }).format(at).replace(" ", "T");
}

export function draftOf({ board, version, definition }: DefinedBoard, timeZone: string): Draft {
  const { notices, ...form } = definition;
  const filled = notices.map((one) => ({ ...one, until: one.until === null ? "" : localOf(one.until, timeZone) }));
  return { board, version, form, notices: filled };
}

/** A new board that begins as this one, with those of its queues that are `mine`; none of them left: with all mine. */
export function copyOf(one: DefinedBoard, title: string, mine: readonly string[], timeZone: string): Draft {
  const { form, notices } = draftOf(one, timeZone);
  const left = form.queues.filter((queue) => mine.includes(queue));
  const queues = one.may_change ? form.queues : left.length > 0 ? left : mine;
  return { board: null, version: 0, form: { ...form, title: title.slice(0, TITLE_LETTERS), queues }, notices };
}

/** As the server takes it. */
export function wire({ form, notices }: Draft): unknown {
  const filled = notices.map((one) => ({ ...one, until: one.until === "" ? null : `${one.until}:00` }));
  return { ...form, notices: filled };
}
