/** Starts the page: styles, state, connection. */
import "./style/page.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { firstOf } from "./board";
import { boardAddress, listen } from "./link";
import { board, hold, lost, shownTexts } from "./state";
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

listen(boardAddress(location), { held: hold, lost: () => (lost.value = true) });
