/** Starts the privacy page: what is processed of persons and why, the switch, and one's rights. */
import "./privacy.css";
import { effect } from "@preact/signals";
import type { PrivacyPage } from "../generated/people";
import { Frame, Instead } from "../people/frame";
import { language } from "../people/looks";
import { count, fullDate, moment, named } from "../people/speech";
import { start } from "../people/start";
import { session } from "../people/session";
import { Officer } from "./officer";
import { Rights } from "./rights";
import { load, mine, officer, page } from "./state";
import { t } from "./words";

function Whether({ now }: { now: PrivacyPage }) {
  const state = now.stopped ? "stopped" : !now.processing ? "off" : now.scores ? "scores" : "no_scores";
  return (
    <section class="card" aria-labelledby="whether">
      <h2 id="whether">{t("whether.title")}</h2>
      <p class="word">{t(`whether.${state}`)}</p>
      <dl>
        <dt>{t("whether.basis")}</dt>
        <dd>{now.legal_basis || t("whether.none")}</dd>
        <dt>{t("whether.council")}</dt>
        <dd>{now.works_council ? `${now.works_council} (${fullDate(now.works_council_on ?? "")})` : t("whether.none")}</dd>
        <dt>{t("whether.shadow")}</dt>
        <dd>{t("kept.days", { n: count(now.shadow_days) })}</dd>
      </dl>
      <div class="actions">
        <a class="button" href={`/api/v1/privacy/dpia?lang=${language.value}`} download>
          {t("whether.dpia")}
        </a>
      </div>
    </section>
  );
}

function Listed({ id, title, lines }: { id: string; title: string; lines: readonly string[] }) {
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul class="listed">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

function KeptTable({ now }: { now: PrivacyPage }) {
  return (
    <section class="card" aria-labelledby="kept">
      <h2 id="kept">{t("kept.title")}</h2>
      <table>
        <tbody>
          {now.kept.map((one) => (
            <tr key={one.kind}>
              <td>{one.label}</td>
              <td class="number">{one.days === null ? t("kept.until_decided") : t("kept.days", { n: count(one.days) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Decided({ now }: { now: PrivacyPage }) {
  return (
    <section class="card" aria-labelledby="decided">
      <h2 id="decided">{t("decided.title")}</h2>
      {now.decisions.length === 0 && <p class="quiet">{t("decided.none")}</p>}
      <ul class="lines">
        {now.decisions.map((one) => (
          <li key={`${one.at} ${one.kind}`}>
            <div>
              <p>
                {named("decided", one.kind)}
                <span class="quiet">
                  {" "}
                  · {moment(one.at)} · {one.name || t("decided.by_configuration")}
                </span>
              </p>
              <p class="quiet">{one.words}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Privacy() {
  const now = page.value;
  return (
    <Frame title={t("place.privacy")}>
      {!now ? (
        <Instead sentence={t("say.loading")} />
      ) : (
        <>
          {officer.value && <Officer now={now} page={officer.value} />}
          <div class="columns">
            <Whether now={now} />
            <Listed
              id="card"
              title={t("card.title", { version: now.formula, day: fullDate(now.formula_since) })}
              lines={now.card}
            />
            <Decided now={now} />
            <Listed id="measured" title={t("measured.title")} lines={now.measured} />
            <Listed id="never" title={t("never.title")} lines={now.never} />
            <KeptTable now={now} />
            {mine.value && <Rights objections={mine.value} />}
          </div>
        </>
      )}
    </Frame>
  );
}

start(
  { nl: () => import("./catalogue/nl.json"), en: () => import("./catalogue/en.json") },
  () => <Privacy />,
  () => <Frame title={t("place.privacy")}>{<Instead sentence={t("say.unreachable")} />}</Frame>,
);
// Its sentences come from the server, in the language that is chosen.
effect(() => {
  if (session.value?.person && language.value) void load();
});
