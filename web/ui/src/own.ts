/** The figures a part says apart from its list: waiting, the longest wait and people by state. Pure. */
import type { AgentState, Balance, Figure, Row, Tile } from "./generated/board";

/** Their places in an explanation; a place in the list is 0 or more. */
export const WAITING = -2;
export const LONGEST_WAIT = -3;
export const AGENTS = -4;
/** The balance as a whole. */
export const PICTURE = -5;

/** The states of agents that one column counts. */
export const COLUMNS = {
  available: ["available"],
  on_contact: ["on_contact", "ringing", "on_hold"],
  wrap_up: ["wrap_up"],
  break: ["break"],
} as const satisfies Record<string, readonly AgentState[]>;
export type Column = keyof typeof COLUMNS;

export function plain(measure: string, value: number | null): Figure {
  return {
    measure,
    window: "now",
    value,
    n: 0,
    numerator: null,
    denominator: null,
    low: null,
    high: null,
    too_little: false,
    expected: null,
    target: null,
    band: "none",
  };
}

export const longestWait = (seconds: number | null): Figure => plain("longest_wait_seconds", seconds);

/** People in a column's states; null when the source says nothing of people. */
export function people(row: Row, column: Column): number | null {
  if (Object.keys(row.agents).length === 0) return null;
  return COLUMNS[column].reduce((sum, state) => sum + (row.agents[state] ?? 0), 0);
}

/** The figure at a place of a part, at an instant. */
export function figureAt(part: Row | Tile | Balance, index: number, at: number): Figure | undefined {
  if (part.type === "balance") return part.figures[index];
  const began = part.type === "row" ? part.longest_wait_began_at : part.began_at;
  if (index === LONGEST_WAIT) return longestWait(began === null ? null : (at - began) / 1000);
  if (index === WAITING && part.type === "row") return plain("waiting", part.waiting);
  return part.figures[index];
}
