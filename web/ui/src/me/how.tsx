/** The formula card and how long things are kept, fetched from the privacy page's figures when somebody opens them. */
import { effect, signal } from "@preact/signals";
import { decodePrivacyPage, type PrivacyPage } from "../generated/people";
import { language } from "../people/looks";
import { ask } from "../people/session";
import { count, fullDate } from "../people/speech";
import { tried } from "../people/trying";
import { t } from "./words";

const told = signal<PrivacyPage | null>(null);
const wanted = signal(false);

// Its sentences come from the server, in the language that is chosen.
effect(() => {
  if (wanted.value && language.value) {
    void tried(async () => void (told.value = decodePrivacyPage(await ask("GET", "/api/v1/privacy"))));
  }
});

function Told({ page }: { page: PrivacyPage }) {
  return (
    <>
      <h3>{t("how.formula", { version: page.formula, day: fullDate(page.formula_since) })}</h3>
      <ul class="listed">
        {page.card.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <h3>{t("how.kept")}</h3>
      <table>
        <tbody>
          {page.kept.map((one) => (
            <tr key={one.kind}>
              <td>{one.label}</td>
              <td class="number">{one.days === null ? t("how.until_decided") : t("how.days", { n: count(one.days) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

export function How() {
  return (
    <details onToggle={(event) => (wanted.value ||= event.currentTarget.open)}>
      <summary>{t("how.title")}</summary>
      {told.value && <Told page={told.value} />}
    </details>
  );
}
