/** What agents found not right: decided within five working days, with an answer that the agent reads. */
import type { TeamPage } from "../generated/people";
import { date, named } from "../people/speech";
import { Verdict } from "../people/verdict";
import { decide } from "./state";
import { t } from "./words";

export function Disputes({ now }: { now: TeamPage }) {
  return (
    <section class="card" aria-labelledby="disputes">
      <h2 id="disputes">{t("disputes.title")}</h2>
      {now.disputes.length === 0 && <p class="quiet">{t("disputes.none")}</p>}
      {now.disputes.map((one) => (
        <Verdict
          key={one.dispute}
          words={{ answer: t("disputes.answer"), uphold: t("disputes.uphold"), reject: t("disputes.reject") }}
          decide={(outcome, answer) => void decide(one.dispute, outcome, answer)}
        >
          <p>
            {now.names[one.agent]} <span class="quiet">· {named("dispute", one.kind)} · {t("disputes.due", { day: date(one.due_on) })}</span>
          </p>
          {one.words && <q>{one.words}</q>}
        </Verdict>
      ))}
    </section>
  );
}
