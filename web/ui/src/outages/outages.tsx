/** Known outages: what goes on, with who said so; telling one, closing it, and taking back what was told wrongly. */
import "./outages.css";
import { signal } from "@preact/signals";
import type { OutagesPage, ToldOutage } from "../generated/people";
import { Icon } from "../parts/shapes";
import { sent } from "../people/form";
import { clock, date, moment } from "../people/speech";
import { close, known, takeBack, tell } from "./state";
import { t } from "./words";

const MINUTE = 60_000;
const STEP_MINUTES = 5;
const BACK_MINUTES = 12 * 60 - STEP_MINUTES;
const AHEAD_MINUTES = 4 * 60;

/** The sentence that says that something was done. */
const done = signal("");

const stands = (one: ToldOutage, at: number): boolean =>
  one.taken_back_at === null && (one.ended_at === null || one.ended_at > at);

function span(one: ToldOutage, at: number): string {
  const from = date(one.began_at) === date(at) ? clock(one.began_at) : moment(one.began_at);
  if (one.ended_at === null) return t("outages.since", { from });
  return t(one.ended_at > at ? "outages.until" : "outages.from_to", { from, to: clock(one.ended_at) });
}

/** Instants to choose from, on the whole five minutes, as the site's clock says them; the latest first. */
function times(at: number, from: number, to: number): number[] {
  const first = Math.floor(to / (STEP_MINUTES * MINUTE)) * STEP_MINUTES * MINUTE;
  const found = [];
  for (let time = first; time > from; time -= STEP_MINUTES * MINUTE) if (Math.abs(time - at) > MINUTE) found.push(time);
  return found;
}

function Times({ name, label, none, times }: { name: string; label: string; none: string; times: readonly number[] }) {
  return (
    <label class="field">
      {label}
      <select name={name}>
        <option value="">{none}</option>
        {times.map((time) => (
          <option key={time} value={new Date(time).toISOString()}>
            {clock(time)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Told({ one, now }: { one: ToldOutage; now: OutagesPage }) {
  const queues = one.queues.map((queue) => now.queues[queue] ?? queue).join(", ") || t("outages.everywhere");
  const said = [t("outages.told", { name: one.told_by, moment: moment(one.told_at) })];
  if (one.closed_at !== null) said.push(t("outages.closed", { name: one.closed_by ?? "", moment: moment(one.closed_at) }));
  if (one.taken_back_at !== null)
    said.push(t("outages.taken_back", { name: one.taken_back_by ?? "", moment: moment(one.taken_back_at) }));
  return (
    <div>
      <p class={one.taken_back_at === null ? "" : "gone"}>
        {one.words}
        <span class="quiet"> · {[span(one, now.at), queues].join(" · ")}</span>
      </p>
      <p class="quiet">{said.join("; ")}.</p>
    </div>
  );
}

function TakeBack({ one }: { one: ToldOutage }) {
  return (
    <details class="wrong">
      <summary>{t("outages.wrong")}</summary>
      <button type="button" class="button" onClick={() => void takeBack(one.outage)}>
        {t("outages.wrong_sure")}
      </button>
    </details>
  );
}

function Standing({ one, now }: { one: ToldOutage; now: OutagesPage }) {
  const over = (event: SubmitEvent): void => void close(one.outage, sent(event)("ended_at") || null);
  return (
    <li>
      <div class="alert" data-tone="watch">
        <Icon name="outage" />
        <Told one={one} now={now} />
      </div>
      <form class="over" onSubmit={over}>
        <Times name="ended_at" label={t("outages.over_at")} none={t("outages.now")} times={times(now.at, one.began_at, now.at)} />
        <button type="submit" class="button">
          {t("outages.over")}
        </button>
        <TakeBack one={one} />
      </form>
    </li>
  );
}

function Tell({ now }: { now: OutagesPage }) {
  const send = async (event: SubmitEvent): Promise<void> => {
    const form = event.currentTarget as HTMLFormElement;
    const queues = new FormData(form).getAll("queue").map(String);
    const value = sent(event);
    if (await tell(value("words"), queues, value("began_at") || null, value("ended_at") || null)) {
      done.value = t("outages.done");
      form.reset();
      form.closest("details")?.removeAttribute("open");
    }
  };
  const back = now.at - BACK_MINUTES * MINUTE;
  return (
    <details onToggle={(event) => event.currentTarget.open && (done.value = "")}>
      <summary>{t("outages.tell")}</summary>
      <form onSubmit={(event) => void send(event)}>
        <label class="field">
          {t("outages.what")}
          <input name="words" required minLength={3} maxLength={120} aria-describedby="outage-hint" autocomplete="off" />
          <span class="quiet" id="outage-hint">
            {t("outages.what_hint")}
          </span>
        </label>
        <div class="times">
          <Times name="began_at" label={t("outages.began")} none={t("outages.now")} times={times(now.at, back, now.at)} />
          <Times
            name="ended_at"
            label={t("outages.ended")}
            none={t("outages.open")}
            times={times(now.at, back, now.at + AHEAD_MINUTES * MINUTE)}
          />
        </div>
        <fieldset>
          <legend>{t("outages.queues")}</legend>
          <p class="quiet">{t("outages.queues_hint")}</p>
          <div class="queues">
            {Object.entries(now.queues).map(([queue, label]) => (
              <label key={queue}>
                <input type="checkbox" name="queue" value={queue} /> {label}
              </label>
            ))}
          </div>
        </fieldset>
        <div class="actions">
          <button type="submit" class="button main">
            {t("outages.send")}
          </button>
        </div>
      </form>
    </details>
  );
}

export function Outages() {
  const now = known.value;
  if (!now) return null;
  const standing = now.outages.filter((one) => stands(one, now.at));
  const earlier = now.outages.filter((one) => !stands(one, now.at));
  return (
    <section class="card" aria-labelledby="outages">
      <h2 id="outages">{t("outages.title")}</h2>
      <p class="quiet">{standing.length === 0 ? t("outages.none") : t("outages.words")}</p>
      {standing.length > 0 && (
        <ul class="lines">
          {standing.map((one) => (
            <Standing key={one.outage} one={one} now={now} />
          ))}
        </ul>
      )}
      <Tell now={now} />
      <p role="status" class={done.value ? "" : "unseen"}>
        {done.value}
      </p>
      {earlier.length > 0 && (
        <details>
          <summary>{t("outages.earlier")}</summary>
          <ul class="lines">
            {earlier.map((one) => (
              <li key={one.outage}>
                <Told one={one} now={now} />
                {one.taken_back_at === null && <TakeBack one={one} />}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
