/** Who is here and in which state, in alphabetical order; no clock on anybody. By skill, so that help can be sent. */
import { signal } from "@preact/signals";
import type { TeamPage } from "../generated/people";
import { Shape } from "../parts/shapes";
import { count, named } from "../people/speech";
import { t } from "./words";

const skill = signal("");

const SUMMED = ["available", "on_contact", "wrap_up", "break"] as const;
const BUSY = { on_contact: ["on_contact", "ringing", "on_hold"] } as Partial<Record<string, readonly string[]>>;

function Sums({ shown }: { shown: TeamPage["colleagues"] }) {
  const many = (state: string): number => shown.filter((one) => (BUSY[state] ?? [state]).includes(one.state)).length;
  return (
    <p class="sums">
      {SUMMED.map((state) => (
        <span key={state}>
          {count(many(state))} <span class="quiet">{named("presence", state)}</span>
        </span>
      ))}
    </p>
  );
}

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
      {shown.length > 0 && <Sums shown={shown} />}
      {shown.length === 0 && <p class="quiet">{t("people.none")}</p>}
      <ul class="people">
        {shown.map((one) => (
          <li key={one.agent} data-state={one.state}>
            <span class="who">
              {one.state === "available" && <Shape tone="good" />}
              {one.name}
            </span>
            <span class="quiet">{named("presence", one.state)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
