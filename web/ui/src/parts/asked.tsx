/** Fetches the explanations the first time somebody asks for one: a wall nobody touches never needs them. */
import { effect, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { explained } from "../state";

const fetched = signal<{ readonly View: ComponentType } | null>(null);

effect(() => {
  if (explained.value === null || fetched.peek()) return;
  import("./explain").then(
    ({ Explanation }) => void (fetched.value = { View: Explanation }),
    () => void (explained.value = null),
  );
});

export function Asked() {
  const there = fetched.value;
  return there && <there.View />;
}
