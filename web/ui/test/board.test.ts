import { expect, test } from "vitest";
import { apply, firstOf, partsOf, receive, type Held } from "../src/board";
import { decodeViewerMessage, type Board, type Tile } from "../src/generated/board";

const tile = (value: number) => ({ type: "tile", measure: "waiting", figures: [{ measure: "waiting", window: "now", value }] });
const snapshot = {
  type: "snapshot",
  sequence: 7,
  board: { id: "wall", at: "2026-03-10T13:00:00Z", order: ["tile/a", "tile/b"], parts: { "tile/a": tile(1), "tile/b": tile(2) } },
};
const step = (sequence: number, delta: object) => ({ type: "delta", sequence, delta: { at: "2026-03-10T13:00:01Z", ...delta } });

const held = (): Held => receive(null, decodeViewerMessage(snapshot)) as Held;
const large = (board: Board, id: string) => (board.parts[id] as Tile).figures[0]?.value;

test("a snapshot is taken as it is, and what the wire leaves out has its default", () => {
  const { board, sequence } = held();
  expect(sequence).toBe(7);
  expect(board.at).toBe(Date.UTC(2026, 2, 10, 13));
  const part = board.parts["tile/a"] as Tile;
  expect(part.began_at).toBeNull();
  expect(part.figures[0]).toMatchObject({ value: 1, n: 0, band: "none", too_little: false, expected: null });
});

test("the next step changes only what it names", () => {
  const before = held();
  const after = receive(before, decodeViewerMessage(step(8, { parts: { "tile/b": tile(9) } })));
  expect(after?.sequence).toBe(8);
  expect(after && large(after.board, "tile/b")).toBe(9);
  expect(after?.board.parts["tile/a"]).toBe(before.board.parts["tile/a"]);
  expect(large(before.board, "tile/b")).toBe(2);
});

test("a step with nothing in it says that the board is alive", () => {
  const after = receive(held(), decodeViewerMessage(step(8, {})));
  expect(after?.board.at).toBe(Date.UTC(2026, 2, 10, 13, 0, 1));
  expect(after?.board.order).toEqual(["tile/a", "tile/b"]);
});

test("a part can go and the order can change", () => {
  const { board } = held();
  const after = apply({ at: 0, parts: {}, removed: ["tile/a"], order: ["tile/b"] }, board);
  expect(Object.keys(after.parts)).toEqual(["tile/b"]);
  expect(partsOf(after, "tile").map(({ id }) => id)).toEqual(["tile/b"]);
  expect(firstOf(after, "header")).toBeNull();
});

test("a gap, a repetition and a step before any snapshot ask for the whole board", () => {
  expect(receive(held(), decodeViewerMessage(step(9, {})))).toBeNull();
  expect(receive(held(), decodeViewerMessage(step(7, {})))).toBeNull();
  expect(receive(null, decodeViewerMessage(step(1, {})))).toBeNull();
});

test("a message of an unknown kind is refused", () => {
  expect(() => decodeViewerMessage({ type: "rumour" })).toThrow(TypeError);
});
