/** What if: how many people the next half hour needs, and what one more or one fewer would do. */
import type { TeamPage } from "../generated/people";
import { count, duration, percent } from "../people/speech";
import { canPlan, plan, staffing, type Staffing } from "./state";
import { plural, t } from "./words";

function Answer({ found }: { found: Staffing }) {
  if (!found.model) return <p class="quiet">{t(`whatif.${found.reason ?? "few_contacts"}`)}</p>;
  return (
    <>
      {found.agents_needed !== null && (
        <p class="word">{plural("whatif.need_one", "whatif.need", found.agents_needed, { target: percent(found.target), within: duration(found.within_seconds) })}</p>
      )}
      <p class="quiet">
        {t("whatif.by", { arrivals: count(found.arrivals_per_hour ?? 0), handle: duration(found.handle_time_seconds ?? 0) })}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("whatif.people")}</th>
            <th scope="col" class="number">{t("whatif.level")}</th>
            <th scope="col" class="number">{t("whatif.wait")}</th>
            <th scope="col" class="number">{t("whatif.occupancy")}</th>
          </tr>
        </thead>
        <tbody>
          {found.scenarios.map((one) => (
            <tr key={one.agents} aria-current={one.agents === found.agents ? "true" : undefined}>
              <th scope="row">{count(one.agents)}</th>
              <td class="number">{one.service_level_ratio === null ? t("whatif.never") : percent(one.service_level_ratio)}</td>
              <td class="number">{one.mean_wait_seconds === null ? "–" : duration(one.mean_wait_seconds)}</td>
              <td class="number">{one.occupancy_ratio === null ? "–" : percent(one.occupancy_ratio)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="actions">
        <button type="button" class="button" onClick={() => void plan(found.queue, Math.max(0, found.agents - 1))}>
          {t("whatif.fewer")}
        </button>
        <button type="button" class="button" onClick={() => void plan(found.queue, found.agents + 1)}>
          {t("whatif.more")}
        </button>
      </div>
    </>
  );
}

export function WhatIf({ now }: { now: TeamPage }) {
  const queues = now.queues.filter(canPlan);
  const found = staffing.value;
  return (
    <section class="card" aria-labelledby="whatif">
      <h2 id="whatif">{t("whatif.title")}</h2>
      {queues.length === 0 && <p class="quiet">{t("whatif.none")}</p>}
      <label class="field narrow">
        {t("whatif.queue")}
        <select value={found?.queue} onChange={(event) => void plan(event.currentTarget.value, null)}>
          {queues.map((queue) => (
            <option key={queue.queue} value={queue.queue}>
              {queue.label}
            </option>
          ))}
        </select>
      </label>
      {found && <Answer found={found} />}
    </section>
  );
}
