import { expect, test } from "vitest";
import { after, rotation } from "../src/rotation";
import { wallOf } from "../src/tv/pairing";

const asked = (search: string) => rotation(new URLSearchParams(search), null);
const own = { boards: ["floor", "chat"], seconds: 20 };

test("the address names the boards and how long each is shown", () => {
  expect(asked("rotate=a,b&every=30")).toEqual({ boards: ["a", "b"], seconds: 30 });
  expect(asked("rotate=a,b")).toEqual({ boards: ["a", "b"], seconds: 60 });
});

test("the address goes before the board's own turns", () => {
  expect(rotation(new URLSearchParams(), own)).toEqual(own);
  expect(rotation(new URLSearchParams("every=40"), own)).toEqual({ ...own, seconds: 40 });
  expect(rotation(new URLSearchParams("rotate=a,b"), own)?.boards).toEqual(["a", "b"]);
});

test("one board, no board and no name of a board are no rotation", () => {
  expect(asked("")).toBeNull();
  expect(asked("rotate=a")).toBeNull();
  expect(asked("rotate=a,../admin")).toBeNull();
});

test("nobody can read a board that goes at once", () => {
  expect(asked("rotate=a,b&every=0.1")?.seconds).toBe(10);
});

test("after the last comes the first, and so it does after a board that is not among them", () => {
  expect(after(own, "floor")).toBe("chat");
  expect(after(own, "chat")).toBe("floor");
  expect(after(own, "elsewhere")).toBe("floor");
});

test("a screen that was given several boards shows them by turns", () => {
  expect(wallOf(["main"])).toBe("/wall/main");
  expect(wallOf(["main", "chat"])).toBe("/wall/main?rotate=main,chat");
});
