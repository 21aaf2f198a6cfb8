/** Who is signed in, and asking the server as that person. */
import { signal } from "@preact/signals";
import { language } from "./looks";

export type Role = "agent" | "lead" | "operations" | "privacy" | "admin" | "display";
export interface Person {
  readonly account: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly teams: readonly string[];
  readonly agent: string | null;
  /** Where this person begins. */
  readonly home: string;
}
/** How one can sign in: with a password, with the provider of this name, or in the demo with a click for a role. */
export interface Ways {
  readonly local: boolean;
  readonly oidc: string | null;
  readonly demo: readonly Role[];
}
export interface Session {
  readonly person: Person | null;
  readonly csrf: string | null;
  readonly demo: boolean;
  readonly site: string;
  readonly time_zone: string;
  readonly ways: Ways;
}

export const session = signal<Session | null>(null);
export const zone = (): string => session.value?.time_zone ?? "UTC";

/** The server refused, with a sentence for people. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    sentence: string,
  ) {
    super(sentence);
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The answer as JSON, undecoded. Throws Refusal in the page's language; somebody who is no longer signed in goes to
    the sign-in page. */
export async function ask<Answer>(
  method: Method,
  path: string,
  body?: unknown,
  more: Record<string, string> = {},
): Promise<Answer> {
  const headers: Record<string, string> = { ...more, "accept-language": language.peek() };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET") headers["x-balans-csrf"] = session.peek()?.csrf ?? "";
  const answer = await fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (answer.status === 401 && !path.startsWith("/api/v1/sign-in")) toSignIn();
  const said: unknown = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Refusal(answer.status, (said as { error?: string }).error ?? answer.statusText);
  return said as Answer;
}

export function toSignIn(): void {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
}

export async function begin(): Promise<void> {
  session.value = await ask<Session>("GET", "/api/v1/session");
}

export async function leave(): Promise<void> {
  await ask("POST", "/api/v1/sign-out");
  location.assign("/sign-in");
}
