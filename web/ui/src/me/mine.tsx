/** What is mine: disputes with their outcome, who looked and why, and everything about me as a file. */
import type { Dispute, OwnPage } from "../generated/people";
import { language } from "../people/looks";
import { date, moment, named } from "../people/speech";
import { How } from "./how";
import { withdraw } from "./state";
import { t } from "./words";

function DisputeLine({ one }: { one: Dispute }) {
  return (
    <li>
      <div>
        <p>
          {named("dispute", one.kind)}
          <span class="quiet"> · {date(one.opened_at)}</span>
        </p>
        {one.words && <q>{one.words}</q>}
        <p class="quiet">
          {one.outcome === null
            ? t("dispute.due", { day: date(one.due_on) })
            : t(`outcome.${one.outcome}`, { name: one.decided_by ?? "", day: date(one.decided_at ?? 0) })}
        </p>
        {one.answer && <p>{one.answer}</p>}
      </div>
      {one.outcome === null && (
        <button type="button" class="button" onClick={() => void withdraw(one.dispute)}>
          {t("dispute.withdraw")}
        </button>
      )}
    </li>
  );
}

export function Mine({ own }: { own: OwnPage }) {
  return (
    <div class="columns">
      <section class="card" aria-labelledby="disputes">
        <h2 id="disputes">{t("disputes.title")}</h2>
        {own.disputes.length === 0 && <p class="quiet">{t("disputes.none")}</p>}
        <ul class="lines">
          {own.disputes.map((one) => (
            <DisputeLine key={one.dispute} one={one} />
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="looks">
        <h2 id="looks">{t("looks.title")}</h2>
        {own.looks.length === 0 && <p class="quiet">{t("looks.none")}</p>}
        <ul class="lines">
          {own.looks.map((look) => (
            <li key={`${look.at} ${look.name}`}>
              <div>
                <p>
                  {look.name}
                  <span class="quiet"> · {moment(look.at)}</span>
                </p>
                <p class="quiet">{t("looks.why", { what: named("look", look.what), reason: look.reason })}</p>
              </div>
            </li>
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="mine">
        <h2 id="mine">{t("mine.title")}</h2>
        <p class="quiet">{t("mine.words")}</p>
        <div class="actions">
          <a class="button" href={`/api/v1/me/export.html?lang=${language.value}`} download>
            {t("mine.readable")}
          </a>
          <a class="button" href="/api/v1/me/export" download>
            {t("mine.export")}
          </a>
        </div>
        <How />
        <p>
          <a href="/privacy">{t("mine.privacy")}</a>
        </p>
      </section>
    </div>
  );
}
