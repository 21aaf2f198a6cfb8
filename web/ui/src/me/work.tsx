/** The page opens with work, not with a score; thanks come first. */
import type { OwnPage } from "../generated/people";
import { Icon } from "../parts/shapes";
import { clock, count, date, named } from "../people/speech";
import { prefers } from "./state";
import { plural, t } from "./words";

const THANKS_SHOWN = 3;

export function Work({ own }: { own: OwnPage }) {
  const today = own.sheet?.today;
  const contacts = Object.entries(today?.contacts ?? {});
  const total = contacts.reduce((sum, [, n]) => sum + n, 0);
  const thanks = [
    ...(today?.compliments ?? []).map((words) => ({ words: words || t("work.thanked"), by: t("work.customer") })),
    ...own.thanks.slice(0, THANKS_SHOWN).map((one) => ({ words: one.words, by: `${one.given_by}, ${date(one.at)}` })),
  ];
  return (
    <section class="card work" aria-labelledby="work">
      {thanks.length > 0 && (
        <ul class="thanks" aria-label={t("work.thanks")}>
          {thanks.map((one, place) => (
            <li key={place}>
              <Icon name="thanks" />
              <q>{one.words}</q>
              <span class="quiet">{one.by}</span>
            </li>
          ))}
        </ul>
      )}
      <h2 id="work">
        {total === 0
          ? t(prefers("paused") ? "work.paused" : "work.none")
          : plural("work.one", "work.today", total, { helped: count(today?.helped ?? 0) })}
      </h2>
      {total > 0 && (
        <ul class="channels">
          {contacts.map(([channel, n]) => (
            <li key={channel}>
              <Icon name={channel} />
              {named("channel", channel)} <b>{count(n)}</b>
            </li>
          ))}
        </ul>
      )}
      {today && (
        <p class="quiet">
          {today.breaks === 0 ? t("work.no_break") : plural("work.one_break", "work.breaks", today.breaks, { minutes: count(today.break_seconds / 60) })}{" "}
          {today.last_break_ended_at !== null && t("work.last_break", { time: clock(today.last_break_ended_at) })}{" "}
          {t("work.only_you")}
        </p>
      )}
    </section>
  );
}
