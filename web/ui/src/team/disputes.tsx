/** What agents found not right: decided within five working days, with an answer that the agent reads. */
import type { TeamPage } from "../generated/people";
import { date, named } from "../people/speech";
import { sent } from "../people/form";
import { decide } from "./state";
import { t } from "./words";

export function Disputes({ now }: { now: TeamPage }) {
  return (
    <section class="card" aria-labelledby="disputes">
      <h2 id="disputes">{t("disputes.title")}</h2>
      {now.disputes.length === 0 && <p class="quiet">{t("disputes.none")}</p>}
      {now.disputes.map((one) => (
        <form
          key={one.dispute}
          onSubmit={(event) => {
            const value = sent(event);
            void decide(one.dispute, value("outcome") as "upheld" | "rejected", value("answer"));
          }}
        >
          <p>
            {now.names[one.agent]} <span class="quiet">· {named("dispute", one.kind)} · {t("disputes.due", { day: date(one.due_on) })}</span>
          </p>
          {one.words && <q>{one.words}</q>}
          <label class="field">
            {t("disputes.answer")}
            <input name="answer" required maxLength={500} />
          </label>
          <div class="actions">
            <button type="submit" class="button" name="outcome" value="upheld">
              {t("disputes.uphold")}
            </button>
            <button type="submit" class="button" name="outcome" value="rejected">
              {t("disputes.reject")}
            </button>
          </div>
        </form>
      ))}
    </section>
  );
}
