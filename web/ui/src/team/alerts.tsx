/** What asks for somebody now; whoever takes it says so. */
import { Shape } from "../parts/shapes";
import { language } from "../people/looks";
import { clock } from "../people/speech";
import { sounding, tone } from "./sound";
import { acknowledge, alerts, page } from "./state";
import { t } from "./words";

const TONES = { critical: "act", warning: "watch", info: "good" } as const;

function Sound() {
  const on = sounding.value === "on";
  const turn = (): void => {
    sounding.value = on ? "off" : "on";
    if (!on) tone();
  };
  return (
    <button type="button" class="button" aria-pressed={on} onClick={turn}>
      {t(on ? "alerts.silence" : "alerts.sound")}
    </button>
  );
}

export function Alerts() {
  const now = alerts.value ?? [];
  return (
    <section aria-labelledby="alerts" class={now.length > 0 ? "card" : "calm"}>
      <div class="titled">
        <h2 id="alerts" class={now.length > 0 ? "" : "unseen"}>
          {t("alerts.title")}
        </h2>
        {now.length === 0 && <p class="quiet">{t("alerts.none")}</p>}
        <Sound />
      </div>
      <ul class="lines">
        {now.map((alert) => (
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
