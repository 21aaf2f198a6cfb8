/** Who is here and in which state, each state in alphabetical order; no clock on anybody. By skill, so that help can be
    sent. */
import { signal } from "@preact/signals";
import type { AgentState } from "../generated/board";
import type { Colleague, TeamPage } from "../generated/people";
import { Shape } from "../parts/shapes";
import { count, named } from "../people/speech";
import { t } from "./words";

const skill = signal("");

/** What is one to whoever looks for help. */
const GROUPS: readonly (readonly [AgentState, ...AgentState[]])[] = [
  ["available"],
  ["on_contact", "ringing", "on_hold"],
  ["wrap_up"],
  ["other_work"],
  ["break"],
  ["unknown"],
];
const AWAY: AgentState = "offline";

function Names({ shown }: { shown: readonly Colleague[] }) {
  return (
    <ul class="names">
      {shown.map((one) => (
        <li key={one.agent}>{one.name}</li>
      ))}
    </ul>
  );
}

function Group({ states, shown }: { states: readonly [AgentState, ...AgentState[]]; shown: readonly Colleague[] }) {
  const here = shown.filter((one) => states.includes(one.state));
  if (here.length === 0 && states[0] !== "available") return null;
  return (
    <div class="state" data-state={states[0]}>
      <h3>
        {states[0] === "available" && <Shape tone="good" />}
        {named("presence", states[0])} <span class="quiet">{count(here.length)}</span>
      </h3>
      {here.length === 0 ? <p class="quiet">{t("people.nobody_free")}</p> : <Names shown={here} />}
    </div>
  );
}

function Away({ shown }: { shown: readonly Colleague[] }) {
  const away = shown.filter((one) => one.state === AWAY);
  if (away.length === 0) return null;
  return (
    <details>
      <summary>
        {named("presence", AWAY)} <span class="quiet">{count(away.length)}</span>
      </summary>
      <Names shown={away} />
    </details>
  );
}

export function People({ now }: { now: TeamPage }) {
  const labels = new Map(now.queues.map((queue) => [queue.queue, queue.label]));
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
                {labels.get(name) ?? name}
              </option>
            ))}
          </select>
        </label>
      )}
      {shown.length === 0 ? (
        <p class="quiet">{t("people.none")}</p>
      ) : (
        <div class="people">
          {GROUPS.map((states) => (
            <Group key={states[0]} states={states} shown={shown} />
          ))}
          <Away shown={shown} />
        </div>
      )}
    </section>
  );
}
