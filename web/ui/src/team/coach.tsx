/** One agent at a time, with a reason that the agent reads: a word, its two largest reasons, the context. No number. */
import { signal } from "@preact/signals";
import type { Coaching, TeamPage } from "../generated/people";
import { date, moment, named, percent } from "../people/speech";
import { sent } from "../people/form";
import { coached, look, review, thank } from "./state";
import { t } from "./words";

/** The sentence that says that something was done. */
const done = signal("");

function Context({ shown }: { shown: Coaching }) {
  const context = shown.context;
  if (!context) return null;
  return <p>{t(context.raw < 0 ? "coach.shorter" : "coach.longer", { share: percent(Math.abs(context.raw)), own: percent(Math.abs(context.own)) })}</p>;
}

function ReviewForm({ now, shown }: { now: TeamPage; shown: Coaching }) {
  const send = async (event: SubmitEvent): Promise<void> => {
    const form = event.currentTarget as HTMLFormElement;
    const value = sent(event);
    const answers = Object.fromEntries(
      now.review.filter((line) => value(line.key) !== "").map((line) => [line.key, value(line.key) === "met"]),
    );
    if (await review(shown.agent, value("contact"), answers, value("critical") !== "")) {
      done.value = t("review.done");
      form.reset();
    }
  };
  return (
    <details>
      <summary>{t("review.title")}</summary>
      <form onSubmit={(event) => void send(event)}>
        <label class="field">
          {t("review.contact")}
          <select name="contact" required>
            {shown.contacts.map((one) => (
              <option key={one.contact} value={one.contact}>
                {[moment(one.ended_at), named("channel", one.channel), one.topic].join(" · ")}
              </option>
            ))}
          </select>
        </label>
        {now.review.map((line) => (
          <label class="field" key={line.key}>
            <span>
              {line.label} <span class="quiet">{t("review.weight", { n: line.weight })}</span>
            </span>
            <select name={line.key}>
              <option value="">{t("review.not_applicable")}</option>
              <option value="met">{t("review.met")}</option>
              <option value="not_met">{t("review.not_met")}</option>
            </select>
          </label>
        ))}
        <label>
          <input type="checkbox" name="critical" value="yes" /> {now.critical}
        </label>
        <div class="actions">
          <button type="submit" class="button">
            {t("review.send")}
          </button>
        </div>
      </form>
    </details>
  );
}

function One({ now, shown }: { now: TeamPage; shown: Coaching }) {
  const send = async (event: SubmitEvent): Promise<void> => {
    const form = event.currentTarget as HTMLFormElement;
    if (await thank(shown.agent, sent(event)("words"))) {
      done.value = t("thanks.done", { name: shown.name });
      form.reset();
    }
  };
  return (
    <div class="one">
      <h3>{shown.name}</h3>
      <p class="word">{shown.private ? t("coach.private") : t(`state.${shown.state}`)}</p>
      {shown.week_of && <p class="quiet">{t("coach.week", { day: date(shown.week_of) })}</p>}
      <ul class="listed">
        {shown.reasons.map((reason) => (
          <li key={`${reason.topic} ${reason.channel} ${reason.wait}`}>
            {t(`coach.${reason.speaks}`, {
              what: [reason.topic, named("channel", reason.channel), named("wait", reason.wait)].filter(Boolean).join(" · "),
            })}
          </li>
        ))}
      </ul>
      <Context shown={shown} />
      <form onSubmit={(event) => void send(event)}>
        <label class="field">
          {t("thanks.words")}
          <input name="words" required maxLength={400} />
        </label>
        <div class="actions">
          <button type="submit" class="button">
            {t("thanks.send")}
          </button>
        </div>
      </form>
      {shown.contacts.length > 0 && <ReviewForm now={now} shown={shown} />}
      <p role="status">{done.value}</p>
    </div>
  );
}

export function Coach({ now }: { now: TeamPage }) {
  const send = (event: SubmitEvent): void => {
    const value = sent(event);
    done.value = "";
    coached.value = null;
    void look(value("agent"), value("reason"));
  };
  return (
    <section class="card" aria-labelledby="coach">
      <h2 id="coach">{t("coach.title")}</h2>
      <p class="quiet">{t("coach.words")}</p>
      <form onSubmit={send}>
        <label class="field">
          {t("coach.who")}
          <select name="agent" required>
            {now.colleagues.map((one) => (
              <option key={one.agent} value={one.agent}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          {t("coach.reason")}
          <input name="reason" required minLength={8} maxLength={300} />
        </label>
        <div class="actions">
          <button type="submit" class="button">
            {t("coach.open")}
          </button>
        </div>
      </form>
      {coached.value && <One now={now} shown={coached.value} />}
    </section>
  );
}
