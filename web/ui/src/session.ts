/** Who is signed in, and how a page asks the server to change something. */

export type PersonRole = "agent" | "lead" | "operations" | "privacy" | "admin";

export interface Person {
  readonly account: string;
  readonly name: string;
  readonly roles: readonly PersonRole[];
  readonly teams: readonly string[];
  readonly agent: string | null;
  /** Where this person begins. */
  readonly home: string;
}

/** `GET /api/v1/session`. */
export interface Session {
  readonly person: Person | null;
  readonly display: string | null;
  readonly csrf: string | null;
  readonly demo: boolean;
  readonly processing: boolean;
  readonly site: string;
  readonly languages: readonly string[];
  readonly ways: { readonly local: boolean; readonly oidc: string | null; readonly demo: readonly PersonRole[] };
}

/** What the server refused, in a sentence for the person. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** Asks the server; `language` is that of its sentences. Throws Refused, and TypeError when it cannot be reached. */
export async function ask<T>(
  method: string,
  path: string,
  options: { readonly body?: unknown; readonly csrf?: string | null; readonly language?: string } = {},
): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.csrf) headers["x-balans-csrf"] = options.csrf;
  if (options.language) headers["accept-language"] = options.language;
  const body = options.body === undefined ? null : JSON.stringify(options.body);
  const answer = await fetch(path, { method, headers, body, cache: "no-store" });
  if (!answer.ok) {
    const said = (await answer.json().catch(() => ({}))) as { error?: string };
    throw new Refused(answer.status, said.error ?? answer.statusText);
  }
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** An address of this site that was asked for, else nothing. */
export function ownPage(next: string | null): string | null {
  return next && /^\/(?![/\\])/.test(next) && next !== "/sign-in" ? next : null;
}
