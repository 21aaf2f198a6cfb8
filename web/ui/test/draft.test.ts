import { expect, test } from "vitest";
import { addressOf, copyOf, draftOf, localOf, moved, without, wire } from "../src/boards/draft";
import type { DefinedBoard } from "../src/generated/definitions";

const KEPT: DefinedBoard = {
  board: "hall",
  version: 3,
  origin: "changed",
  may_change: true,
  definition: {
    title: "Hall",
    queues: ["sales"],
    tiles: ["waiting"],
    target: 0.8,
    hide_waiting: false,
    quiet: false,
    notices: [
      { text: "Storm", kind: "outage", until: Date.parse("2026-07-01T13:30:00Z") },
      { text: "Cake", kind: "notice", until: null },
    ],
    rotate: [],
    rotate_seconds: 60,
  },
  changed_by: "Noor",
  changed_at: 0,
};

test.each([
  ["Sales today", "sales-today"],
  ["  Één & Twee! ", "een-twee"],
  ["Hall", "hall-3"],
  ["!!!", "board"],
  ["x".repeat(80), "x".repeat(60)],
])("the address of “%s” is %s", (title, address) => {
  expect(addressOf(title, ["hall", "hall-2"])).toBe(address);
});

test("a place moves by one, and not beyond the ends", () => {
  expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 1, 1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
  expect(without(["a", "b", "c"], 1)).toEqual(["a", "c"]);
});

test("a notice ends by the site's clock, wherever the browser is", () => {
  expect(localOf(Date.parse("2026-07-01T13:30:00Z"), "Europe/Amsterdam")).toBe("2026-07-01T15:30");
  const draft = draftOf(KEPT, "Europe/Amsterdam");
  expect(draft.notices.map((one) => one.until)).toEqual(["2026-07-01T15:30", ""]);
  expect(wire(draft)).toMatchObject({ title: "Hall", notices: [{ until: "2026-07-01T15:30:00" }, { until: null }] });
});

test("a copy is a new board", () => {
  const copy = copyOf(KEPT, "Hall (copy)", [], "UTC");
  expect([copy.board, copy.version, copy.form.title, copy.form.queues]).toEqual([null, 0, "Hall (copy)", ["sales"]]);
});

test.each([
  [["sales", "service"], ["sales"]],
  [["service"], ["service"]],
])("of another team's board a lead copies what is of %j", (mine, queues) => {
  expect(copyOf({ ...KEPT, may_change: false }, "Mine", mine, "UTC").form.queues).toEqual(queues);
});
