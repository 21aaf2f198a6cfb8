/** The own password. */
import { changePassword } from "./state";
import { submitted } from "./submitted";
import { t } from "./words";

export function Password() {
  const change = (given: FormData) => changePassword(String(given.get("old")), String(given.get("new")));
  return (
    <section class="card" aria-labelledby="password">
      <h2 id="password">{t("password.title")}</h2>
      <form onSubmit={submitted(change)}>
        <label class="field">
          {t("password.old")}
          <input name="old" type="password" required autocomplete="current-password" />
        </label>
        <label class="field">
          {t("password.new")}
          <input name="new" type="password" required minLength={12} autocomplete="new-password" />
        </label>
        <div class="actions">
          <button type="submit" class="button">
            {t("password.change")}
          </button>
        </div>
      </form>
    </section>
  );
}
