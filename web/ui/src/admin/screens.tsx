/** The screens that were let in, and letting one in by the code that stands on it. */
import { date, moment } from "../people/speech";
import { approve, boards, displays, revoke } from "./state";
import { submitted, text } from "./submitted";
import { t } from "./words";

export function Screens() {
  return (
    <section class="card" aria-labelledby="screens">
      <h2 id="screens">{t("displays.title")}</h2>
      {displays.value.length === 0 && <p class="quiet">{t("displays.none")}</p>}
      <ul class="lines">
        {displays.value.map((one) => (
          <li key={one.display}>
            <div>
              <p>
                {one.label} · {one.boards.join(", ")}
              </p>
              <p class="quiet">
                {t("displays.by", { name: one.approved_by, date: date(Date.parse(one.approved_at)) })} ·{" "}
                {one.seen_at ? t("displays.seen", { moment: moment(Date.parse(one.seen_at)) }) : t("displays.unseen")}
              </p>
            </div>
            <button type="button" class="button" onClick={() => void revoke(one.display)}>
              {t("displays.revoke")}
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={submitted((given) => approve(text(given, "code"), text(given, "label"), given.getAll("board").map(String)))}>
        <label class="field">
          {t("displays.code")}
          <input name="code" required maxLength={12} autocomplete="off" autocapitalize="characters" spellcheck={false} />
        </label>
        <label class="field">
          {t("displays.label")}
          <input name="label" required maxLength={100} />
        </label>
        <fieldset>
          <legend>{t("displays.boards")}</legend>
          {boards.value.map((board, index) => (
            <label key={board.id}>
              <input type="checkbox" name="board" value={board.id} defaultChecked={index === 0} /> {board.title}
            </label>
          ))}
        </fieldset>
        <div class="actions">
          <button type="submit" class="button main">
            {t("displays.approve")}
          </button>
        </div>
      </form>
    </section>
  );
}
