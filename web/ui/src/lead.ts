/** Whether whoever looks at this wall may define it: a lead or an admin who is signed in here. A television is not. */
import { signal } from "@preact/signals";

export const defines = signal(false);

const MAY = ["lead", "admin"];

/** Asked once, and not before the wall is there; without an answer nothing is offered. */
export async function askWhoLooks(): Promise<void> {
  try {
    const answer = await fetch("/api/v1/session");
    const { person } = (await answer.json()) as { person: { roles: readonly string[] } | null };
    defines.value = person?.roles.some((role) => MAY.includes(role)) ?? false;
  } catch {
    // The wall lives without it.
  }
}
