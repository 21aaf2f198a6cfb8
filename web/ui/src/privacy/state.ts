/** What the privacy page knows, and what can be done there. */
import { signal } from "@preact/signals";
import { decodeObjection, decodeOfficersPage, decodePrivacyPage, type Objection, type OfficersPage, type PrivacyPage } from "../generated/people";
import { ask, session } from "../people/session";
import { tried } from "../people/trying";

export const page = signal<PrivacyPage | null>(null);
export const officer = signal<OfficersPage | null>(null);
export const mine = signal<readonly Objection[] | null>(null);

const ADDRESS = "/api/v1/privacy";
const has = (role: "privacy" | "agent"): boolean => session.value?.person?.roles.includes(role) ?? false;

export async function load(): Promise<void> {
  await tried(async () => {
    page.value = decodePrivacyPage(await ask("GET", ADDRESS));
    if (has("privacy")) officer.value = decodeOfficersPage(await ask("GET", `${ADDRESS}/officer`));
    if (has("agent")) mine.value = (await ask<unknown[]>("GET", "/api/v1/me/objections")).map(decodeObjection);
  });
}

async function does(work: () => Promise<unknown>): Promise<void> {
  await tried(async () => {
    await work();
    await load();
  });
}

export const turn = (processing: boolean, reason: string): Promise<void> =>
  does(() => ask("PUT", `${ADDRESS}/switch`, { processing, reason }));
export const decide = (objection: string, outcome: "upheld" | "rejected", answer: string): Promise<void> =>
  does(() => ask("POST", `${ADDRESS}/objections/${encodeURIComponent(objection)}`, { outcome, answer }));
export const objectTo = (words: string): Promise<void> => does(() => ask("POST", "/api/v1/me/objections", { words }));
export const takeBack = (): Promise<void> => does(() => ask("DELETE", "/api/v1/me/objections"));
