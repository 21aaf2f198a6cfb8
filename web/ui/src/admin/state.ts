/** Screens and accounts as the server has them, and what changes them. */
import { signal } from "@preact/signals";
import { ask, session, type Role } from "../people/session";
import { tried } from "../people/trying";

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
  readonly closed_at: string | null;
}
export interface NewAccount {
  readonly login: string;
  readonly name: string;
  readonly password: string;
  readonly roles: readonly string[];
  readonly teams: readonly string[];
  readonly agent: string | null;
}

export const displays = signal<readonly Display[]>([]);
export const accounts = signal<readonly Account[]>([]);
export const boards = signal<readonly { readonly id: string; readonly title: string }[]>([]);

export const administers = (): boolean => session.value?.person?.roles.includes("admin") ?? false;

async function refresh(): Promise<void> {
  displays.value = await ask("GET", "/api/v1/displays");
  boards.value = await ask("GET", "/api/v1/boards");
  if (administers()) accounts.value = await ask("GET", "/api/v1/accounts");
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
export const enrol = (account: NewAccount): Promise<boolean> => changed("POST", "/api/v1/accounts", account);
export const close = (account: string, closed: boolean): Promise<boolean> =>
  changed("PATCH", `/api/v1/accounts/${account}`, { closed });

/** The browser goes on with a new session. */
export const changePassword = (old: string, next: string): Promise<boolean> =>
  tried(async () => {
    session.value = await ask("PUT", "/api/v1/password", { old, new: next });
  });
