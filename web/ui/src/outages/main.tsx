/** Starts the page of known outages, for operations and for leads. */
import "../team/team.css";
import { Frame, Instead } from "../people/frame";
import { start } from "../people/start";
import { Outages } from "./outages";
import { known, load } from "./state";
import { t } from "./words";

const AGAIN_MS = 5_000;

start(
  { nl: () => import("./catalogue/nl.json"), en: () => import("./catalogue/en.json") },
  () => <Frame title={t("place.outages")}>{known.value ? <Outages /> : <Instead sentence={t("say.loading")} />}</Frame>,
  () => <Frame title={t("place.outages")}>{<Instead sentence={t("say.unreachable")} />}</Frame>,
);
void load();
setInterval(() => document.visibilityState === "visible" && void load(), AGAIN_MS);
