/** Starts a page of people: its words, who is signed in, then the page itself. */
import "./people.css";
import { signal } from "@preact/signals";
import { render, type ComponentChildren } from "preact";
import { begin, session, toSignIn } from "./session";
import { ready, speakFrom } from "./speech";

const unreachable = signal(false);

export function start(words: Parameters<typeof speakFrom>[0], page: () => ComponentChildren, failed: () => ComponentChildren): void {
  speakFrom(words);
  const place = document.getElementById("page");
  if (place) render(<Started page={page} failed={failed} />, place);
  begin().then(
    () => session.peek()?.person ?? toSignIn(),
    () => (unreachable.value = true),
  );
}

function Started({ page, failed }: { page: () => ComponentChildren; failed: () => ComponentChildren }) {
  if (!ready()) return null;
  if (unreachable.value) return <>{failed()}</>;
  return session.value?.person ? <>{page()}</> : null;
}
