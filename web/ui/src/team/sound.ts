/** A short soft tone for an alert that is new, for who asked for it. A browser that remembers the choice may stay silent
    until somebody has clicked on the page. */
import { effect } from "@preact/signals";
import { choice } from "../choice";
import { alerts } from "./state";

export const sounding = choice<"on" | "off">("sound", ["on", "off"], "off");

const HERTZ = [660, 880] as const;
const NOTE_SECONDS = 0.16;
const LOUDNESS = 0.08;

export function tone(): void {
  const context = new AudioContext();
  const gain = new GainNode(context, { gain: LOUDNESS });
  gain.connect(context.destination);
  HERTZ.forEach((frequency, place) => {
    const note = new OscillatorNode(context, { frequency });
    note.connect(gain);
    note.start(context.currentTime + place * NOTE_SECONDS);
    note.stop(context.currentTime + (place + 1) * NOTE_SECONDS);
    if (place === HERTZ.length - 1) note.onended = () => void context.close();
  });
}

let known: ReadonlySet<string> | null = null;

/** From the first look on: what is new since, and nobody has taken yet, sounds once. */
effect(() => {
  const now = alerts.value;
  if (now === null) return;
  const open = now.filter((alert) => !alert.acknowledged_at).map((alert) => `${alert.key} ${alert.fired_at}`);
  const before = known;
  known = new Set(open);
  if (before && sounding.peek() === "on" && open.some((key) => !before.has(key))) tone();
});
