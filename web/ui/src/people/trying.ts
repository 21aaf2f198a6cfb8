/** Doing what the server may refuse: the sentence of the refusal is kept for the page to show. */
import { signal } from "@preact/signals";
import { Refusal } from "./session";

/** The sentence with which something was refused last; empty after something has worked. */
export const refused = signal("");

/** The status of that answer; 0 when none came or nothing was refused. */
export const refusedWith = signal(0);

export async function tried(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    refused.value = "";
    refusedWith.value = 0;
    return true;
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof TypeError)) throw error;
    refused.value = error.message;
    refusedWith.value = error instanceof Refusal ? error.status : 0;
    return false;
  }
}
