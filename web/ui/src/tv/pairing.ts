/** Letting this screen in: it asks for a code, shows it, and waits until a lead has typed it in. */
import { backOff } from "../link";

export type Shown =
  | { readonly kind: "asking" | "approved" | "unreachable" | "busy" }
  | { readonly kind: "code"; readonly code: string; readonly expiresAt: number };

interface Pairing {
  readonly device: string;
  readonly code: string;
  readonly expires_at: string;
}
interface State {
  readonly state: "waiting" | "approved" | "expired";
  readonly board: string | null;
  readonly boards?: readonly string[];
}

const POLL_MS = 2_000;
const BUSY_MS = 60_000;
const PAIRINGS = "/api/v1/pairings";
export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

class Busy extends Error {}

/** Throws when there is no answer that can be used. */
async function asked<Answer>(method: "GET" | "POST", headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(PAIRINGS, { method, headers, cache: "no-store" });
  if (answer.status === 429) throw new Busy();
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()) as Answer;
}

/** Waits for one code. Null when it expired. */
async function outcome({ device }: Pairing): Promise<readonly string[] | null> {
  for (;;) {
    await pause(POLL_MS);
    const { state, board, boards } = await asked<State>("GET", { authorization: `Bearer ${device}` });
    if (state === "approved" && board !== null) return boards?.length ? boards : [board];
    if (state === "expired") return null;
  }
}

/** The boards this screen may show, however long it takes. `show` is told what to say meanwhile. */
export async function pair(show: (shown: Shown) => void): Promise<readonly string[]> {
  let attempt = 0;
  show({ kind: "asking" });
  for (;;) {
    try {
      const pairing = await asked<Pairing>("POST");
      attempt = 0;
      show({ kind: "code", code: pairing.code, expiresAt: Date.parse(pairing.expires_at) });
      const boards = await outcome(pairing);
      if (boards) return boards;
    } catch (problem) {
      const busy = problem instanceof Busy;
      show({ kind: busy ? "busy" : "unreachable" });
      await pause(busy ? BUSY_MS : backOff(attempt++, Math.random()));
    }
  }
}

/** Where a screen with these boards goes: the first, and the others by turns. */
export const wallOf = (boards: readonly string[]): string =>
  `/wall/${boards[0] ?? ""}${boards.length > 1 ? `?rotate=${boards.join(",")}` : ""}`;
