/** The board as the viewer holds it: a snapshot, then numbered steps. Pure. */
import type { Board, Delta, Part, ViewerMessage } from "./generated/board";

export interface Held {
  readonly sequence: number;
  readonly board: Board;
}

export function apply(delta: Delta, board: Board): Board {
  const parts = { ...board.parts };
  for (const id of delta.removed) delete parts[id];
  return { id: board.id, at: delta.at, order: delta.order ?? board.order, parts: { ...parts, ...delta.parts } };
}

/** What is held after a message, or null when a step is missing and the whole board must be asked for again. */
export function receive(held: Held | null, message: ViewerMessage): Held | null {
  if (message.type === "snapshot") return { sequence: message.sequence, board: message.board };
  if (held === null || message.sequence !== held.sequence + 1) return null;
  return { sequence: message.sequence, board: apply(message.delta, held.board) };
}

type Kind = Part["type"];
type OfKind<K extends Kind> = Extract<Part, { type: K }>;
export interface Placed<P> {
  readonly id: string;
  readonly part: P;
}

/** The parts of one kind, in the order of the screen. */
export function partsOf<K extends Kind>(board: Board, kind: K): Placed<OfKind<K>>[] {
  return board.order.flatMap((id) => {
    const part = board.parts[id];
    return part?.type === kind ? [{ id, part: part as OfKind<K> }] : [];
  });
}

export function firstOf<K extends Kind>(board: Board, kind: K): OfKind<K> | null {
  return partsOf(board, kind)[0]?.part ?? null;
}
