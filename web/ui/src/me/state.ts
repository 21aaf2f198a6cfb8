/** What `/me` knows, and what can be done there. */
import { signal } from "@preact/signals";
import { decodeOwnPage, type Dispute, type OwnPage } from "../generated/people";
import { backOff } from "../link";
import { ask } from "../people/session";
import { tried } from "../people/trying";

export const page = signal<OwnPage | null>(null);

type Preference = OwnPage["preferences"][number];

const ADDRESS = "/api/v1/me";

export async function load(): Promise<void> {
  await tried(async () => void (page.value = decodeOwnPage(await ask("GET", ADDRESS))));
}

/** Loads again whenever the server says that there is news; the sentence of a refusal is the loading's. */
export async function follow(): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const { ticket } = await ask<{ ticket: string }>("POST", "/api/v1/tickets", {});
      const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/me?ticket=${ticket}`;
      if (await heard(new WebSocket(address))) attempt = 0;
    } catch {
      // Away: tried again below.
    }
    await new Promise((resolve) => setTimeout(resolve, backOff(attempt, Math.random())));
  }
}

/** Until the connection is gone; whether anything was heard. */
function heard(socket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    let something = false;
    socket.onmessage = () => {
      something = true;
      void load();
    };
    socket.onclose = () => resolve(something);
  });
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
