/** Starts the agent's own page. */
import "./me.css";
import { Frame, Instead } from "../people/frame";
import { session } from "../people/session";
import { start } from "../people/start";
import { BalanceCard } from "./balance";
import { Indicators } from "./indicators";
import { Mine } from "./mine";
import { Reasons } from "./reasons";
import { follow, load, page } from "./state";
import { Trend } from "./trend";
import { t } from "./words";
import { Work } from "./work";

function Me() {
  const own = page.value;
  return (
    <Frame title={t("me.title")}>
      {!own ? (
        <Instead sentence={t("say.loading")} />
      ) : (
        <>
          <Work own={own} />
          <div class="pair">
            <BalanceCard own={own} />
            {own.sheet?.balance && <Indicators sheet={own.sheet} />}
          </div>
          {own.sheet?.balance && <Reasons sheet={own.sheet} />}
          <Trend weeks={own.weeks} now={own.sheet?.made_at ?? null} />
          <Mine own={own} />
        </>
      )}
    </Frame>
  );
}

start(
  { nl: () => import("./catalogue/nl.json"), en: () => import("./catalogue/en.json") },
  () => <Me />,
  () => <Frame title={t("me.title")}>{<Instead sentence={t("say.unreachable")} />}</Frame>,
);
void load();
session.subscribe((now) => void (now?.person && follow()));
