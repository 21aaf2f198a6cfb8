/** The page a television opens: its board when it was paired before, else a code to be paired with. */
import "./tv.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { stayAwake } from "../awake";
import { clock } from "../format";
import { chosenLanguage, filled } from "../language";
import { backOff } from "../link";
import { forgetWall, pairedWall, rememberWall } from "../paired";
import { Mark } from "../parts/shapes";
import { pair, pause, wallOf, type Shown } from "./pairing";
import en from "./catalogue/en.json";
import nl from "./catalogue/nl.json";

const language = chosenLanguage(navigator.languages);
const texts = language === "nl" ? nl : en;
/** The screen's own: nobody is signed in yet, and the code is typed within minutes. */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const shown = signal<Shown>({ kind: "asking" });

function Said() {
  const now = shown.value;
  if (now.kind !== "code") return <p class="said">{texts[`tv.${now.kind}`]}</p>;
  return (
    <>
      <p class="said">{texts["tv.how"]}</p>
      <p class="code">{now.code}</p>
      <p>{filled(texts["tv.until"], { time: clock(now.expiresAt, zone, language) })}</p>
      <p>{texts["tv.once"]}</p>
    </>
  );
}

function Page() {
  return (
    <main class="tv">
      <Mark />
      <h1>{texts["tv.title"]}</h1>
      <div role="status">
        <Said />
      </div>
    </main>
  );
}

/** Whether this screen may still show the wall it was paired with, once the server can say. */
async function mayStillShow(wall: string): Promise<boolean> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await fetch(wall, { cache: "no-store", redirect: "manual" });
      if (answer.status < 500) return answer.ok;
    } catch {
      // Not reachable; the browser's own page of errors would be the end of it.
    }
    shown.value = { kind: "unreachable" };
    await pause(backOff(attempt, Math.random()));
  }
}

async function begin(): Promise<void> {
  const before = pairedWall();
  if (before !== null && (await mayStillShow(before))) return location.replace(before);
  forgetWall();
  const wall = wallOf(await pair((now) => (shown.value = now)));
  rememberWall(wall);
  shown.value = { kind: "approved" };
  location.replace(wall);
}

document.documentElement.lang = language;
document.title = texts["tv.title"];
const place = document.getElementById("page");
if (place) render(<Page />, place);
stayAwake();
void begin();
