/** What asks for somebody now; whoever takes it says so. */
import { Shape } from "../parts/shapes";
import { language } from "../people/looks";
import { clock } from "../people/speech";
import { acknowledge, alerts, page } from "./state";
import { t } from "./words";

const TONES = { critical: "act", warning: "watch", info: "good" } as const;

export function Alerts() {
  return (
    <section aria-labelledby="alerts" class={alerts.value.length > 0 ? "card" : "calm"}>
      <h2 id="alerts" class={alerts.value.length > 0 ? "" : "unseen"}>
        {t("alerts.title")}
      </h2>
      {alerts.value.length === 0 && <p class="quiet">{t("alerts.none")}</p>}
      <ul class="lines">
        {alerts.value.map((alert) => (
          <li key={alert.key}>
            <div class="alert" data-tone={TONES[alert.severity]}>
              <Shape tone={TONES[alert.severity]} />
              <div>
                <p>
                  {alert.title[language.value]}
                  <span class="quiet"> · {t(`severity.${alert.severity}`)} · {t("alerts.since", { time: clock(Date.parse(alert.fired_at)) })}</span>
                </p>
                <p class="quiet">{alert.description[language.value]}</p>
              </div>
            </div>
            {alert.acknowledged_at ? (
              <p class="quiet">
                {t("alerts.seen", {
                  name: page.value?.acknowledged[alert.key] || t("alerts.somebody"),
                  time: clock(Date.parse(alert.acknowledged_at)),
                })}
              </p>
            ) : (
              <button type="button" class="button" onClick={() => void acknowledge(alert.key)}>
                {t("alerts.take")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
