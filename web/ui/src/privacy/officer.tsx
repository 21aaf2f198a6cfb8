/** For the privacy officer: the switch, objections to decide, and who looked at whom. No figure of anybody. */
import type { OfficersPage, PrivacyPage } from "../generated/people";
import { sent } from "../people/form";
import { Verdict } from "../people/verdict";
import { date, moment, named } from "../people/speech";
import { decide, turn } from "./state";
import { t } from "./words";

function TheSwitch({ now }: { now: PrivacyPage }) {
  const send = (event: SubmitEvent): void => void turn(now.stopped, sent(event)("reason"));
  return (
    <form onSubmit={send}>
      <p>{t(now.stopped ? "switch.stopped" : "switch.words")}</p>
      <label class="field">
        {t("switch.reason")}
        <input name="reason" required minLength={8} maxLength={300} />
      </label>
      <div class="actions">
        <button type="submit" class="button">
          {t(now.stopped ? "switch.go_on" : "switch.stop")}
        </button>
      </div>
    </form>
  );
}

export function Officer({ now, page }: { now: PrivacyPage; page: OfficersPage }) {
  return (
    <div class="columns">
      <section class="card" aria-labelledby="switch">
        <h2 id="switch">{t("switch.title")}</h2>
        {now.processing || now.stopped ? <TheSwitch now={now} /> : <p>{t("whether.off")}</p>}
      </section>
      <section class="card" aria-labelledby="objections">
        <h2 id="objections">{t("objections.title")}</h2>
        {page.objections.length === 0 && <p class="quiet">{t("objections.none")}</p>}
        {page.objections.map((one) => (
          <Verdict
            key={one.objection}
            words={{ answer: t("objections.answer"), uphold: t("objections.uphold"), reject: t("objections.reject") }}
            decide={(outcome, answer) => void decide(one.objection, outcome, answer)}
          >
            <p>
              {one.agent} <span class="quiet">· {date(one.made_at)}</span>
            </p>
            {one.words && <q>{one.words}</q>}
          </Verdict>
        ))}
      </section>
      <section class="card" aria-labelledby="log">
        <h2 id="log">{t("log.title")}</h2>
        {page.looks.length === 0 && <p class="quiet">{t("log.none")}</p>}
        <ul class="lines">
          {page.looks.map((look) => (
            <li key={`${look.at} ${look.name} ${look.agent}`}>
              <div>
                <p>
                  {t("log.line", { name: look.name, agent: look.agent })}
                  <span class="quiet"> · {moment(look.at)}</span>
                </p>
                <p class="quiet">
                  {named("log", look.what)}: {look.reason}
                </p>
              </div>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
