/** The team's queues, now or at an instant of today. */
import { signal } from "@preact/signals";
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

/** Minutes from now where the handle is while it is dragged. */
const dragged = signal<number | null>(null);

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
      <td class="number" data-label={t("queues.waiting")}>
        {count(row.waiting)}
      </td>
      <td class="number" data-label={t("queues.longest")}>
        {waits}
      </td>
      <td class="number" data-label={t("queues.level")}>
        <span>
          {row.service_level === null ? <span class="quiet">{t("queues.too_few")}</span> : percent(row.service_level)}
          <span class="quiet"> / {percent(row.target)}</span>
        </span>
      </td>
      {(Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).map((column) => (
        <td key={column} class="number" data-label={named("presence", COLUMNS[column][0])}>
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
  const wanted = dragged.value ?? -back;
  const said = wanted === 0 ? t("then.now") : t("then.at", { time: clock(past && dragged.value === null ? past.at : at + wanted * 60_000) });
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
          value={wanted}
          aria-valuetext={said}
          onInput={(event) => (dragged.value = Number(event.currentTarget.value))}
          onChange={(event) => {
            const minutes = Number(event.currentTarget.value);
            dragged.value = null;
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
      <table class="stacked">
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
      {now.at !== null && <TimeMachine at={now.at} />}
    </section>
  );
}
