/** The balance as a soft band and a word; the number only for who asks for it. */
import type { ContextSentence, OwnPage, Sheet } from "../generated/people";
import { count, moment, percent } from "../people/speech";
import { Axis, Band, EXPECTED } from "./band";
import { Digest } from "./digest";
import { prefer, prefers } from "./state";
import { t } from "./words";

/** Slower than expected costs something from here on; faster earns nothing. */
const COSTS_FROM = 0.1;
const FACTORS_SHOWN = 3;
/** A smaller share of the context says nothing when it is rounded. */
const WORTH_SAYING = 0.005;

function Nothing({ own }: { own: OwnPage }) {
  const { sheet } = own;
  if (!sheet && prefers("paused")) {
    return (
      <>
        <p>{t("balance.paused")}</p>
        <Digest own={own} />
      </>
    );
  }
  if (!sheet) return <p>{t("balance.nothing")}</p>;
  if (sheet.private) return <p>{t(`private.${sheet.private}`)}</p>;
  return (
    <>
      <p class="word">{t("state.too_early")}</p>
      <p>{t("balance.too_early", { contacts: count(sheet.contacts), needed: count(sheet.contacts_needed) })}</p>
    </>
  );
}

/** What of the work made it take longer, and what shorter; the largest first. */
function explained(context: ContextSentence, longer: boolean): string {
  return [...together(context.factors)]
    .filter(([, ratio]) => ratio > 0 === longer && Math.abs(ratio) >= WORTH_SAYING)
    .sort(([, one], [, other]) => Math.abs(other) - Math.abs(one))
    .slice(0, FACTORS_SHOWN)
    .map(([name, ratio]) => t("context.part", { name, share: signed(ratio) }))
    .join(t("context.and"));
}

/** Whichever way it falls: what the work itself explains does not count. */
function Context({ sheet }: { sheet: Sheet }) {
  const context = sheet.context;
  if (!context) return null;
  const longer = context.raw >= 0;
  const same = explained(context, longer);
  const other = explained(context, !longer);
  const said = [t(longer ? "context.longer" : "context.shorter", { share: percent(Math.abs(context.raw)) })];
  if (same) said.push(t("context.belongs", { parts: same }));
  if (other) said.push(t(longer ? "context.but_shorter" : "context.but_longer", { parts: other }));
  if (same || other) said.push(t("context.not_yours"));
  said.push(context.own < COSTS_FROM ? t("context.within") : t("context.left", { share: signed(context.own) }));
  return <p>{said.join(" ")}</p>;
}

function signed(ratio: number): string {
  return `${ratio < 0 ? "−" : "+"}${percent(Math.abs(ratio))}`;
}

const FACTORS = ["topic", "channel", "waited", "pressure", "chats", "repeat", "line"] as const;

/** What the columns of one kind make together: as ratios, they multiply. */
function together(factors: Readonly<Record<string, number>>): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const [name, ratio] of Object.entries(factors)) {
    const kind = factor(name);
    kinds.set(kind, (1 + (kinds.get(kind) ?? 0)) * (1 + ratio) - 1);
  }
  return kinds;
}

function factor(name: string): string {
  const kind = name === "complaint x waited" ? "waited" : name === "written x hard" ? "topic" : FACTORS.find((word) => name.startsWith(word));
  return kind ? t(`factor.${kind}`) : name;
}

export function BalanceCard({ own }: { own: OwnPage }) {
  const { sheet } = own;
  const range = sheet?.balance;
  const shown = prefers("show_number");
  return (
    <section class="card" aria-labelledby="balance">
      <h2 id="balance">{t("balance.title")}</h2>
      {!sheet || !range ? (
        <Nothing own={own} />
      ) : (
        <>
          <p class="word">{t(`state.${sheet.state}`)}</p>
          <figure>
            <Band
              range={range}
              point={shown}
              label={t("balance.in_words", { low: count(range.low), high: count(range.high), ...EXPECTED })}
            />
            <Axis middle={t("balance.zone")} />
            <figcaption class="quiet">{t("balance.caption")}</figcaption>
          </figure>
          {shown && <p>{t("balance.number", { points: count(range.points), low: count(range.low), high: count(range.high) })}</p>}
          <Context sheet={sheet} />
          {sheet.ripening > 0 && <p class="quiet">{t("balance.ripening", { n: count(sheet.ripening) })}</p>}
        </>
      )}
      <div class="actions">
        {range && (
          <button type="button" class="button" aria-pressed={shown} onClick={() => void prefer("show_number", !shown)}>
            {t(shown ? "balance.hide_number" : "balance.show_number")}
          </button>
        )}
        <button
          type="button"
          class="button"
          aria-pressed={prefers("paused")}
          onClick={() => void prefer("paused", !prefers("paused"))}
        >
          {t(prefers("paused") ? "balance.go_on" : "balance.pause")}
        </button>
      </div>
      {sheet && <p class="quiet">{t("balance.made_at", { moment: moment(sheet.made_at), version: sheet.formula })}</p>}
    </section>
  );
}
