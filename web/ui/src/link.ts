/** The connection to the board: opens, listens, says when nothing is heard, and tries again with jittered back-off. */
import { receive, type Held } from "./board";
import { decodeViewerMessage, type ViewerMessage } from "./generated/board";

/** The server says something at least once a second; three seconds of silence is a lost connection. */
export const SILENCE_MS = 3_000;
const FIRST_WORD_MS = 20_000;
const FIRST_WAIT_MS = 500;
/** The code with which the server closes: see web/live.py. */
const NO_SUCH_BOARD = 4404;
const LONGEST_WAIT_MS = 15_000;
/** Tries without a word after which this screen may have been sent away, or be too old. */
const SENT_AWAY_AFTER = 2;

export interface Heard {
  held(held: Held): void;
  /** The connection is gone or silent. */
  lost(): void;
  /** There is no such board, or none any more. It is asked for again now and then: it may come back. */
  gone(): void;
  /** A message that this page is too old for, a first word after a loss, or none for long: is there a newer page, or
      was this screen sent away? */
  perhapsRenewed(): void;
}

/** How long to wait before try number `attempt` (0 is the first): half fixed, half chance, so that screens do not return together. */
export function backOff(attempt: number, chance: number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return ceiling / 2 + (ceiling / 2) * chance;
}

export const boardOf = ({ pathname }: Location): string => pathname.split("/").filter(Boolean).at(-1) ?? "";

export function boardAddress({ protocol, host }: Location, board: string): string {
  return `${protocol === "https:" ? "wss" : "ws"}://${host}/ws/board/${board}`;
}

function decoded(data: string): ViewerMessage | null {
  try {
    return decodeViewerMessage(JSON.parse(data));
  } catch {
    return null;
  }
}

/** Listens until the answer is called. */
export function listen(address: string, heard: Heard): () => void {
  let attempt = 0;
  let leaveOff = (): void => {};

  const connect = (): void => {
    const socket = new WebSocket(address);
    const again = attempt > 0;
    let held: Held | null = null;
    let asked = false;
    // Before the first figures there is nothing to hear; afterwards silence means loss.
    let silence = setTimeout(() => leave(), FIRST_WORD_MS);

    function close(): void {
      clearTimeout(silence);
      socket.onmessage = socket.onclose = null;
      // A half-open connection never closes by itself.
      socket.close();
    }

    function leave(closed?: CloseEvent): void {
      close();
      if (closed?.code === NO_SUCH_BOARD) heard.gone();
      else heard.lost();
      if (held === null && attempt >= SENT_AWAY_AFTER) heard.perhapsRenewed();
      const retry = setTimeout(connect, backOff(attempt++, Math.random()));
      leaveOff = () => clearTimeout(retry);
    }

    leaveOff = close;
    socket.onclose = leave;
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      clearTimeout(silence);
      const message = decoded(data);
      if (!message) {
        heard.perhapsRenewed();
        leave();
        return;
      }
      silence = setTimeout(() => leave(), SILENCE_MS);
      const next = receive(held, message);
      if (next) {
        if (again && held === null) heard.perhapsRenewed();
        held = next;
        asked = false;
        attempt = 0;
        heard.held(next);
      } else if (!asked) {
        asked = true;
        socket.send(JSON.stringify({ type: "resync" }));
      }
    };
  };
  connect();
  return () => leaveOff();
}
