/** The balance as a soft band and a word; the number only for who asks for it. */
import type { OwnPage, Sheet } from "../generated/people";
import { count, moment, percent } from "../people/speech";
import { Axis, Band, EXPECTED } from "./band";
import { prefer, prefers } from "./state";
import { t } from "./words";

/** A smaller share of the context says nothing when it is rounded. */
const WORTH_SAYING = 0.005;

function Nothing({ sheet }: { sheet: Sheet | null }) {
  if (!sheet) return <p>{t(prefers("paused") ? "balance.paused" : "balance.nothing")}</p>;
  if (sheet.private) return <p>{t(`private.${sheet.private}`)}</p>;
  return (
    <>
      <p class="word">{t("state.too_early")}</p>
      <p>{t("balance.too_early", { contacts: count(sheet.contacts), needed: count(sheet.contacts_needed) })}</p>
    </>
  );
}

/** Whichever way it falls: what the work itself explains does not count. */
function ContextSentence({ sheet }: { sheet: Sheet }) {
  const context = sheet.context;
  if (!context) return null;
  const parts = [...together(context.factors)]
    .filter(([, ratio]) => Math.abs(ratio) >= WORTH_SAYING)
    .sort(([, one], [, other]) => Math.abs(other) - Math.abs(one))
    .slice(0, 3)
    .map(([name, ratio]) => t("context.part", { name, share: signed(ratio) }));
  const own = Math.abs(context.own) < 0.1 ? t("context.within") : t("context.left", { share: signed(context.own) });
  const whole = t(context.raw < 0 ? "context.shorter" : "context.longer", { share: percent(Math.abs(context.raw)) });
  return (
    <p>
      {whole} {parts.length > 0 && t("context.belongs", { parts: parts.join(", ") })} {own}
    </p>
  );
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
  const kind = FACTORS.find((word) => name.startsWith(word));
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
        <Nothing sheet={sheet} />
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
          <ContextSentence sheet={sheet} />
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
