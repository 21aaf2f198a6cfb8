/** Starts the lead's desk: alerts, queues, people by state, process, disputes, one agent at a time, what if. */
import "./team.css";
import { Outages } from "../outages/outages";
import { load as loadOutages } from "../outages/state";
import { Frame, Instead } from "../people/frame";
import { joined } from "../people/speech";
import { start } from "../people/start";
import { Alerts } from "./alerts";
import { Coach } from "./coach";
import { Disputes } from "./disputes";
import { People } from "./people";
import { ProcessTable } from "./process";
import { Queues } from "./queues";
import { load, page } from "./state";
import { WhatIf } from "./whatif";
import { t } from "./words";

const AGAIN_MS = 5_000;

function Team() {
  const now = page.value;
  return (
    <Frame title={now ? Object.values(now.teams).join(", ") || t("place.team") : t("place.team")}>
      {!now ? (
        <Instead sentence={t("say.loading")} />
      ) : (
        <>
          <Alerts />
          <Outages />
          <Queues now={now} />
          <div class="pair">
            {now.persons ? <People now={now} /> : <Instead sentence={t("people.off")} />}
            <WhatIf now={now} />
          </div>
          {now.persons && (
            <>
              <ProcessTable rows={now.process} />
              <div class="pair loose">
                <Coach now={now} />
                <Disputes now={now} />
              </div>
            </>
          )}
        </>
      )}
    </Frame>
  );
}

start(
  {
    nl: () => joined(import("./catalogue/nl.json"), import("../outages/catalogue/nl.json")),
    en: () => joined(import("./catalogue/en.json"), import("../outages/catalogue/en.json")),
  },
  () => <Team />,
  () => <Frame title={t("place.team")}>{<Instead sentence={t("say.unreachable")} />}</Frame>,
);
const look = (): void => void Promise.all([load(), loadOutages()]);
look();
setInterval(() => document.visibilityState === "visible" && look(), AGAIN_MS);
