/** Choices that the address may set and the browser remembers. */
import { effect, signal, type Signal } from "@preact/signals";

/** What the address asks for. */
export const asked = new URLSearchParams(location.search);

/** The browser's memory, or null where it refuses to remember: then a choice lasts as long as the page. */
const memory = ((): Storage | null => {
  try {
    return localStorage;
  } catch {
    return null;
  }
})();

export function choice<T extends string>(name: string, allowed: readonly T[], otherwise: T): Signal<T> {
  const remembered = asked.get(name) ?? memory?.getItem(`balans.${name}`);
  const kept = signal<T>(allowed.find((value) => value === remembered) ?? otherwise);
  let first = true;
  effect(() => {
    const value = kept.value;
    if (!first) memory?.setItem(`balans.${name}`, value);
    first = false;
  });
  return kept;
}
