/** Which boards a television shows by turns, and for how long. Pure. */
export interface Rotation {
  readonly boards: readonly string[];
  readonly seconds: number;
}

const SHORTEST_SECONDS = 10;
const BOARD = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** What the address asks for (`?rotate=a,b&every=60`), else what the board's own definition says; null: one board. */
export function rotation(asked: URLSearchParams, own: Rotation | null): Rotation | null {
  const named = (asked.get("rotate") ?? "").split(",").filter((board) => BOARD.test(board));
  const boards = named.length > 0 ? named : (own?.boards ?? []);
  const every = Number(asked.get("every") ?? "") || (own?.seconds ?? 60);
  return boards.length > 1 ? { boards, seconds: Math.max(SHORTEST_SECONDS, every) } : null;
}

/** The board after this one; the first when this one is not among them. */
export const after = ({ boards }: Rotation, board: string): string => boards[(boards.indexOf(board) + 1) % boards.length] ?? board;
