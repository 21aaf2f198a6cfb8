/** An agent's rights: to have everything, and to object. */
import type { Objection } from "../generated/people";
import { sent } from "../people/form";
import { language } from "../people/looks";
import { date } from "../people/speech";
import { objectTo, takeBack } from "./state";
import { t } from "./words";

export function Rights({ objections }: { objections: readonly Objection[] }) {
  const stands = objections.find((one) => one.outcome !== "rejected");
  const send = (event: SubmitEvent): void => void objectTo(sent(event)("words"));
  return (
    <section class="card" aria-labelledby="rights">
      <h2 id="rights">{t("rights.title")}</h2>
      <div class="actions">
        <a class="button" href={`/api/v1/me/export.html?lang=${language.value}`} download>
          {t("rights.readable")}
        </a>
        <a class="button" href="/api/v1/me/export" download>
          {t("rights.program")}
        </a>
      </div>
      {objections.map((one) => (
        <p key={one.objection}>
          {t(`rights.${one.outcome ?? "undecided"}`, { day: date(one.decided_at ?? one.made_at) })} {one.answer}
        </p>
      ))}
      {stands ? (
        <div class="actions">
          <button type="button" class="button" onClick={() => void takeBack()}>
            {t("rights.take_back")}
          </button>
        </div>
      ) : (
        <form onSubmit={send}>
          <p>{t("rights.object_words")}</p>
          <label class="field">
            {t("rights.why")}
            <textarea name="words" rows={2} maxLength={500} />
          </label>
          <div class="actions">
            <button type="submit" class="button">
              {t("rights.object")}
            </button>
          </div>
        </form>
      )}
      <p class="quiet">{t("rights.rest")}</p>
    </section>
  );
}
