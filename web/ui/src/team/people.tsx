/** Who is here and in which state, in alphabetical order; no clock on anybody. By skill, so that help can be sent. */
import { signal } from "@preact/signals";
import type { TeamPage } from "../generated/people";
import { named } from "../people/speech";
import { t } from "./words";

const skill = signal("");

export function People({ now }: { now: TeamPage }) {
  const skills = [...new Set(now.colleagues.flatMap((one) => one.skills))].sort();
  const shown = now.colleagues.filter((one) => skill.value === "" || one.skills.includes(skill.value));
  return (
    <section class="card" aria-labelledby="people">
      <h2 id="people">{t("people.title")}</h2>
      {skills.length > 0 && (
        <label class="field narrow">
          {t("people.skill")}
          <select value={skill.value} onChange={(event) => (skill.value = event.currentTarget.value)}>
            <option value="">{t("people.all")}</option>
            {skills.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {shown.length === 0 && <p class="quiet">{t("people.none")}</p>}
      <ul class="people">
        {shown.map((one) => (
          <li key={one.agent} data-state={one.state}>
            <span>{one.name}</span>
            <span class="quiet">{named("presence", one.state)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
