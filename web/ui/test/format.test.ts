import { expect, test } from "vitest";
import { clock, count, duration, inUnit, percent } from "../src/format";

test.each([
  [0, "0:00"],
  [7, "0:07"],
  [59.6, "1:00"],
  [400, "6:40"],
  [3599, "59:59"],
  [11_100, "3:05 h"],
])("%d seconds are read as %s", (seconds, text) => expect(duration(seconds, "en")).toBe(text));

test("an hour is an uur in Dutch", () => expect(duration(3600, "nl")).toBe("1:00 u"));

test("numbers follow the language", () => {
  expect(count(1234.5, "nl", 1)).toBe("1.234,5");
  expect(count(1234.5, "en", 1)).toBe("1,234.5");
});

test("ratios are whole per cents", () => {
  expect(percent(0.8149, "en")).toBe("81%");
  expect(inUnit(0, "ratio", "en")).toBe("0%");
});

test("times are those of the site, whatever the viewer's zone", () => {
  const at = Date.UTC(2026, 6, 1, 22, 30, 5);
  expect(clock(at, "Europe/Amsterdam", "nl")).toBe("00:30");
  expect(clock(at, "America/Curacao", "en", true)).toBe("18:30:05");
});
