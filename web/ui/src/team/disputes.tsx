/** What agents found not right: decided within five working days, with an answer that the agent reads. */
import type { RecentContact, TeamPage } from "../generated/people";
import { date, moment, named } from "../people/speech";
import { Verdict } from "../people/verdict";
import { decide } from "./state";
import { t } from "./words";

/** Which contact it is about, as long as it is kept one by one. */
function Which({ contact }: { contact: RecentContact | undefined }) {
  if (!contact) return null;
  return <p class="quiet">{[moment(contact.ended_at), named("channel", contact.channel), contact.topic].filter(Boolean).join(" · ")}</p>;
}

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
            {now.names[one.agent]}: {named("dispute", one.kind).toLocaleLowerCase()}
            <span class="quiet"> · {t("disputes.due", { day: date(one.due_on) })}</span>
          </p>
          <Which contact={now.disputed[one.dispute]} />
          {one.words && <q>{one.words}</q>}
        </Verdict>
      ))}
    </section>
  );
}
