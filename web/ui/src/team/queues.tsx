/** The team's queues, now or at an instant of today. */
import type { AgentState } from "../generated/board";
import type { TeamPage, TeamQueue } from "../generated/people";
import { Icon } from "../parts/shapes";
import { clock, count, duration, named, percent } from "../people/speech";
import { goTo, then } from "./state";
import { t } from "./words";

const COLUMNS = {
  available: ["available"],
  busy: ["on_contact", "ringing", "on_hold"],
  wrap_up: ["wrap_up"],
  resting: ["break"],
} as const satisfies Record<string, readonly AgentState[]>;
const STEP_MINUTES = 5;
const MINUTES_A_DAY = 1440;

function people(row: TeamQueue, column: keyof typeof COLUMNS): number {
  return COLUMNS[column].reduce((sum, state) => sum + (row.agents[state] ?? 0), 0);
}

function Row({ row, at }: { row: TeamQueue; at: number }) {
  const waits = row.longest_wait_began_at === null ? "–" : duration(Math.max(0, at - row.longest_wait_began_at) / 1000);
  return (
    <tr data-stale={row.stale_since !== null}>
      <th scope="row">
        <Icon name={row.channel} /> {row.label} {row.line === 2 && <span class="quiet">{t("queues.second")}</span>}
        {row.stale_since !== null && <span class="quiet"> · {t("queues.stale", { time: clock(row.stale_since) })}</span>}
      </th>
      <td class="number">{count(row.waiting)}</td>
      <td class="number">{waits}</td>
      <td class="number">
        {row.service_level === null ? <span class="quiet">{t("queues.too_few")}</span> : percent(row.service_level)}
        <span class="quiet"> / {percent(row.target)}</span>
      </td>
      {(Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).map((column) => (
        <td key={column} class="number">
          {count(people(row, column))}
        </td>
      ))}
    </tr>
  );
}

/** Dragged along the day, the table shows the queues as they were. */
function TimeMachine({ at }: { at: number }) {
  const past = then.value;
  const back = past ? Math.round((at - past.at) / 60_000) : 0;
  const said = past ? t("then.at", { time: clock(past.at) }) : t("then.now");
  return (
    <div class="then">
      <label class="field">
        <span>
          {t("then.title")}: {said}
        </span>
        <input
          type="range"
          min={-MINUTES_A_DAY}
          max={0}
          step={STEP_MINUTES}
          value={-back}
          aria-valuetext={said}
          onChange={(event) => {
            const minutes = Number(event.currentTarget.value);
            void goTo(minutes === 0 ? null : at + minutes * 60_000);
          }}
        />
      </label>
      {past && (
        <button type="button" class="button" onClick={() => void goTo(null)}>
          {t("then.back")}
        </button>
      )}
    </div>
  );
}

export function Queues({ now }: { now: TeamPage }) {
  const past = then.value;
  const at = past?.at ?? now.at ?? 0;
  return (
    <section class="card" aria-labelledby="queues" data-past={past !== null}>
      <h2 id="queues">{t("queues.title")}</h2>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="queues">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("queues.queue")}</th>
              <th scope="col" class="number">{t("queues.waiting")}</th>
              <th scope="col" class="number">{t("queues.longest")}</th>
              <th scope="col" class="number">{t("queues.level")}</th>
              <th scope="col" class="number">{named("presence", "available")}</th>
              <th scope="col" class="number">{named("presence", "on_contact")}</th>
              <th scope="col" class="number">{named("presence", "wrap_up")}</th>
              <th scope="col" class="number">{named("presence", "break")}</th>
            </tr>
          </thead>
          <tbody>
            {(past ?? now).queues.map((row) => (
              <Row key={row.queue} row={row} at={at} />
            ))}
          </tbody>
        </table>
      </div>
      {now.at !== null && <TimeMachine at={now.at} />}
    </section>
  );
}
