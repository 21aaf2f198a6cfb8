/** What is known of outages, and what can be told of them. */
import { signal } from "@preact/signals";
import { decodeOutagesPage, type OutagesPage } from "../generated/people";
import { ask } from "../people/session";
import { tried } from "../people/trying";

export const known = signal<OutagesPage | null>(null);

const ADDRESS = "/api/v1/outages";

export async function load(): Promise<void> {
  await tried(async () => void (known.value = decodeOutagesPage(await ask("GET", ADDRESS))));
}

/** An instant, or null for now (of a beginning) and for not yet (of an end). */
type When = string | null;

async function does(path: string, body: unknown): Promise<boolean> {
  return tried(async () => {
    await ask("POST", `${ADDRESS}${path}`, body);
    await load();
  });
}

export const tell = (words: string, queues: readonly string[], began_at: When, ended_at: When): Promise<boolean> =>
  does("", { words, queues, began_at, ended_at });
export const close = (outage: string, ended_at: When): Promise<boolean> =>
  does(`/${encodeURIComponent(outage)}/close`, { ended_at });
export const takeBack = (outage: string): Promise<boolean> => does(`/${encodeURIComponent(outage)}/take-back`, {});
