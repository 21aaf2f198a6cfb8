/** Starts the page of boards: a lead or an admin makes, changes, copies and removes them. */
import "./boards.css";
import { Frame, Instead } from "../people/frame";
import { zone } from "../people/session";
import { start } from "../people/start";
import { draftOf } from "./draft";
import { Editor } from "./editor";
import { List } from "./list";
import { draft, edit, known, load, page } from "./state";
import { t } from "./words";

function Boards() {
  return (
    <Frame title={t("place.boards")}>
      {!page.value ? <Instead sentence={t("say.loading")} /> : draft.value ? <Editor key={draft.value.board} /> : <List />}
    </Frame>
  );
}

type Texts = Promise<{ default: Record<string, string> }>;

/** The words of the page, and the names of the figures as the wall has them. */
async function withLabels(own: Texts, labels: Texts): Texts {
  const [words, names] = await Promise.all([own, labels]);
  const named = Object.entries(names.default).map(([key, label]) => [`measure.${key}`, label]);
  return { default: { ...words.default, ...Object.fromEntries(named) } };
}

start(
  {
    nl: () => withLabels(import("./catalogue/nl.json"), import("../generated/labels.nl.json")),
    en: () => withLabels(import("./catalogue/en.json"), import("../generated/labels.en.json")),
  },
  () => <Boards />,
  () => <Frame title={t("place.boards")}>{<Instead sentence={t("say.unreachable")} />}</Frame>,
);

/** A wall leads here with its own board behind the hash. */
void load().then(() => {
  const asked = known(decodeURIComponent(location.hash.slice(1)));
  if (asked?.may_change) edit(draftOf(asked, zone()));
});
