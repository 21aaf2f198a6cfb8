/** What `/me` knows, and what can be done there. */
import { signal } from "@preact/signals";
import { decodeOwnPage, type Dispute, type OwnPage } from "../generated/people";
import { ask } from "../people/session";
import { tried } from "../people/trying";

export const page = signal<OwnPage | null>(null);

type Preference = OwnPage["preferences"][number];

const ADDRESS = "/api/v1/me";

export async function load(): Promise<void> {
  await tried(async () => void (page.value = decodeOwnPage(await ask("GET", ADDRESS))));
}

export async function dispute(contact: string, kind: Dispute["kind"], words: string): Promise<boolean> {
  return tried(async () => {
    await ask("POST", `${ADDRESS}/disputes`, { contact, kind, words });
    await load();
  });
}

export async function withdraw(id: string): Promise<void> {
  await tried(async () => {
    await ask("DELETE", `${ADDRESS}/disputes/${encodeURIComponent(id)}`);
    await load();
  });
}

export async function prefer(name: Preference, on: boolean): Promise<void> {
  await tried(async () => {
    await ask("PUT", `${ADDRESS}/preferences`, { name, on });
    await load();
  });
}

export const prefers = (name: Preference): boolean => page.value?.preferences.includes(name) ?? false;
