/** Starts the page: styles, state, connection. */
import "./style/page.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { stayAwake } from "./awake";
import { firstOf } from "./board";
import { boardAddress, boardOf, listen } from "./link";
import { askWhoLooks } from "./lead";
import { renew } from "./renewal";
import { after } from "./rotation";
import { board, explained, hold, letGo, lost, rotating, shownBoard, shownTexts } from "./state";
import { t } from "./text";
import { Wall } from "./wall";

const place = document.getElementById("page");
if (place) render(<Page />, place);

/** The page waits for its first texts, which come with it. */
function Page() {
  return shownTexts.value && <Wall />;
}

effect(() => {
  if (!shownTexts.value) return;
  const header = board.value && firstOf(board.value, "header");
  document.title = header ? t("page.tab", { title: header.title || header.site }) : t("page.title");
});

let leaveOff = (): void => {};

/** Shows a board; the one before it stays on the screen until its first figures are here. */
function show(id: string): void {
  leaveOff();
  shownBoard.value = id;
  leaveOff = listen(boardAddress(location, id), {
    held: hold,
    lost: () => (lost.value = true),
    gone: letGo,
    perhapsRenewed: () => void renew(),
  });
}

/** The next board of the rotation, unless somebody is reading an explanation. */
function turn(): void {
  const turns = rotating.peek();
  if (!turns || explained.peek()) return;
  const next = after(turns, shownBoard.peek());
  history.replaceState(null, "", `/wall/${next}${location.search}`);
  show(next);
}

effect(() => {
  const turns = rotating.value;
  if (!turns) return;
  const each = setInterval(turn, 1000 * turns.seconds);
  return () => clearInterval(each);
});

stayAwake();
show(boardOf(location));
const off = effect(() => {
  if (!board.value) return;
  void askWhoLooks();
  queueMicrotask(() => off());
});
