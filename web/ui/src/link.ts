/** The connection to the board: opens, listens, says when nothing is heard, and tries again with jittered back-off. */
import { receive, type Held } from "./board";
import { decodeViewerMessage } from "./generated/board";

/** The server says something at least once a second; three seconds of silence is a lost connection. */
export const SILENCE_MS = 3_000;
const FIRST_WORD_MS = 20_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export interface Heard {
  held(held: Held): void;
  /** The connection is gone or silent. */
  lost(): void;
}

/** How long to wait before try number `attempt` (0 is the first): half fixed, half chance, so that screens do not return together. */
export function backOff(attempt: number, chance: number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return ceiling / 2 + (ceiling / 2) * chance;
}

export function boardAddress(location: Location): string {
  const board = location.pathname.split("/").filter(Boolean).at(-1) ?? "";
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}/ws/board/${board}`;
}

/** Listens for as long as the page lives. */
export function listen(address: string, heard: Heard): void {
  let attempt = 0;

  const connect = (): void => {
    const socket = new WebSocket(address);
    let held: Held | null = null;
    let asked = false;
    // Before the first figures there is nothing to hear; afterwards silence means loss.
    let silence = setTimeout(leave, FIRST_WORD_MS);

    function leave(): void {
      clearTimeout(silence);
      socket.onmessage = socket.onclose = null;
      // A half-open connection never closes by itself.
      socket.close();
      heard.lost();
      setTimeout(connect, backOff(attempt++, Math.random()));
    }

    socket.onclose = leave;
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      clearTimeout(silence);
      silence = setTimeout(leave, SILENCE_MS);
      const next = receive(held, decodeViewerMessage(JSON.parse(data)));
      if (next) {
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
}
