/** Screens and accounts as the server has them, and what changes them. */
import { signal } from "@preact/signals";
import { ask, Refusal, session, type Role } from "../people/session";
import { tried } from "../people/trying";
import { t } from "./words";

export const ROLES = ["agent", "lead", "operations", "privacy", "admin"] as const satisfies readonly Role[];

export interface Display {
  readonly display: string;
  readonly label: string;
  readonly boards: readonly string[];
  readonly approved_by: string;
  readonly approved_at: string;
  readonly seen_at: string | null;
}
export interface Account {
  readonly account: string;
  readonly login: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly teams: readonly string[];
  readonly agent: string | null;
  readonly by: "password" | "code" | "provider" | "nothing";
  readonly closed_at: string | null;
}
/** What was done to an account; `by` empty: by the command, `name` empty: it is no longer there. */
export interface Deed {
  readonly at: string;
  readonly by: string;
  readonly account: string;
  readonly name: string;
  readonly done: "made" | "changed" | "closed" | "opened" | "code" | "password" | "removed";
  readonly roles: readonly Role[];
}
/** A code to hand to somebody; it is said once. */
export interface Code {
  readonly code: string;
  readonly until: string;
}
interface Entry {
  readonly agent: string;
  readonly name: string;
  readonly team: string;
}
export interface NewAccount {
  readonly login: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly teams: readonly string[];
  readonly agent: string | null;
}

export const displays = signal<readonly Display[]>([]);
export const accounts = signal<readonly Account[]>([]);
export const deeds = signal<readonly Deed[]>([]);
export const directory = signal<readonly Entry[]>([]);
/** The account that is looked at, and the code that was just made for it. */
export const chosen = signal<string | null>(null);
export const code = signal<Code | null>(null);
export const boards = signal<readonly { readonly id: string; readonly title: string }[]>([]);

export const administers = (): boolean => session.value?.person?.roles.includes("admin") ?? false;

/** Every team that somebody is of. */
export const teams = (): readonly string[] =>
  [...new Set([...directory.value.map((one) => one.team), ...accounts.value.flatMap((one) => one.teams)])].filter(Boolean).sort();
export const roleNames = (roles: readonly Role[]): string =>
  ROLES.filter((role) => roles.includes(role))
    .map((role) => t(`role.${role}`))
    .join(", ");

/** While persons are not processed there are no names to choose from. */
async function names(): Promise<readonly Entry[]> {
  try {
    return await ask<Entry[]>("GET", "/api/v1/directory");
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

async function refresh(): Promise<void> {
  displays.value = await ask("GET", "/api/v1/displays");
  boards.value = await ask("GET", "/api/v1/boards");
  if (!administers()) return;
  accounts.value = await ask("GET", "/api/v1/accounts");
  deeds.value = await ask("GET", "/api/v1/accounts/log");
  directory.value = await names();
}

export const load = (): Promise<boolean> => tried(refresh);

function changed(method: "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<boolean> {
  return tried(async () => {
    await ask(method, path, body);
    await refresh();
  });
}

export const approve = (code: string, label: string, shown: readonly string[]): Promise<boolean> =>
  changed("POST", "/api/v1/displays", { code, label, boards: shown });
export const revoke = (display: string): Promise<boolean> => changed("DELETE", `/api/v1/displays/${display}`);
export const change = (account: string, what: Readonly<Record<string, unknown>>): Promise<boolean> =>
  changed("PATCH", `/api/v1/accounts/${account}`, what);
export const drop = (account: string): Promise<boolean> => changed("DELETE", `/api/v1/accounts/${account}`);
export const giveCode = (account: string): Promise<boolean> =>
  tried(async () => {
    code.value = await ask("POST", `/api/v1/accounts/${account}/code`, {});
    await refresh();
  });

/** A new account; with it a code to hand to its owner. */
export async function enrol(account: NewAccount): Promise<boolean> {
  let made: Account | null = null;
  await tried(async () => void (made = await ask("POST", "/api/v1/accounts", account)));
  if (made === null) return false;
  const { account: id } = made as Account;
  await giveCode(id);
  chosen.value = id;
  return true;
}

/** The browser goes on with a new session. */
export const changePassword = (old: string, next: string): Promise<boolean> =>
  tried(async () => {
    session.value = await ask("PUT", "/api/v1/password", { old, new: next });
  });
