import { expect, test } from "vitest";
import { ownPage } from "../src/signin/next";

test.each(["/me", "/wall/main", "/team?day=2026-11-21"])("%s is an address of this site", (next) => {
  expect(ownPage(next)).toBe(next);
});

test.each([null, "", "me", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/sign-in"])(
  "%s is none to go to",
  (next) => {
    expect(ownPage(next)).toBeNull();
  },
);
