/** The balance: quality and speed as one place, and today's path through the healthy field. Up is quality, sideways is
    speed, so that nothing quick can lift the quality side. */
import type { Balance, BalancePlace, BalanceScope, Channel, Figure } from "../generated/board";
import { PICTURE } from "../own";
import { ground, isInside, steps, toneOf, type Ground, type Spot } from "../places";
import { explained } from "../state";
import { clock, count, inUnit, measure, t } from "../text";
import { FigureButton } from "./figure";
import { Shape } from "./shapes";

export function scopeName({ kind, label }: BalanceScope): string {
  switch (kind) {
    case "site":
      return t("balance.site");
    case "line":
      return t(label === "2" ? "line.2" : "line.1");
    case "channel":
      return t(`channel.${label as Channel}`);
    default:
      return label;
  }
}

/** From when to when a window was. */
export const hours = ({ window_seconds }: Balance, began: number) => ({ from: clock(began), to: clock(began + 1000 * window_seconds) });

/** The same as the drawing, in words. */
function told(balance: Balance, newest: BalancePlace, scope: BalanceScope): string {
  const { helped_points: points, pace_percent: percent } = newest;
  const inside = balance.trail.filter((place) => isInside(balance, place)).length;
  return t("balance.told", {
    verdict: t(`balance.verdict.${balance.verdict}`),
    scope: scopeName(scope),
    ...hours(balance, newest.began_at),
    points: t(points > 0 ? "balance.points.more" : points < 0 ? "balance.points.fewer" : "balance.points.same", { n: count(Math.abs(points)) }),
    pace: t(percent > 0 ? "balance.took.longer" : percent < 0 ? "balance.took.shorter" : "balance.took.same", { n: count(Math.abs(percent)) }),
    path: t("balance.path", { inside: count(inside), all: count(balance.trail.length) }),
  });
}

const at = ({ x, y }: Spot) => ({ left: `${100 * x}%`, top: `${100 * y}%` });

/** Field, axes and path, stretched over whatever room there is; lines keep their width. */
function Lines({ balance, ground: { spot } }: { balance: Balance; ground: Ground }) {
  const edge = spot({ helped_points: balance.field_from_points, pace_percent: balance.field_to_percent });
  return (
    <svg class="ground" viewBox="0 0 1 1" preserveAspectRatio="none">
      <path class="field" d={`M${edge.x} 0V${edge.y}H1V0Z`} />
      <path class="field-edge" d={`M${edge.x} 0V${edge.y}H1`} />
      <path class="expected" d="M.5 0V1M0 .5H1" />
      {steps(balance).map(({ from, to, age, gap }) => {
        const [a, b] = [spot(from), spot(to)];
        return (
          <path
            key={to.began_at}
            class={`step${gap ? " gap" : ""}`}
            d={`M${a.x} ${a.y}L${b.x} ${b.y}`}
            style={{ "--now": `${100 - 70 * age}%`, "--width": `${0.26 - 0.16 * age}rem` }}
          />
        );
      })}
    </svg>
  );
}

/** So near to where the path is now that its time would stand on the other. */
const isNear = (a: Spot, b: Spot): boolean => Math.abs(a.x - b.x) < 0.3 && Math.abs(a.y - b.y) < 0.12;

/** Where the path began and where it is now, each with its time. */
function Ends({ balance, ground: { spot } }: { balance: Balance; ground: Ground }) {
  const [first, last] = [balance.trail[0], balance.trail.at(-1)];
  if (!first || !last) return null;
  const now = spot(last);
  const time = (place: BalancePlace): string => hours(balance, place.began_at).to;
  return (
    <>
      {first !== last && (
        <span class="began" style={at(spot(first))}>
          {!isNear(spot(first), now) && <span class="time">{time(first)}</span>}
        </span>
      )}
      <span class="here" data-side={now.x > 0.6 ? "left" : "right"} data-tone={toneOf(balance)} style={at(now)}>
        <Shape tone={toneOf(balance)} />
        <span class="time">{time(last)}</span>
      </span>
    </>
  );
}

function Picture({ id, balance, sentence }: { id: string; balance: Balance; sentence: string }) {
  const drawn = ground(balance);
  return (
    <button
      type="button"
      class="balance-picture"
      aria-haspopup="dialog"
      onClick={() => (explained.value = { part: id, index: PICTURE })}
    >
      <span class="unseen">{sentence}</span>
      <span class="plane" aria-hidden="true">
        <Lines balance={balance} ground={drawn} />
        <span class="side quality up">{t("balance.more")}</span>
        <span class="side quality down">{t("balance.fewer")}</span>
        <span class="corner field-name">{t("balance.field")}</span>
        <span class="corner thorough">{t("balance.corner.thorough")}</span>
        <span class="corner quick">{t("balance.corner.quick")}</span>
        <Ends balance={balance} ground={drawn} />
      </span>
      <span class="speed" aria-hidden="true">
        <span>{t("balance.slower")}</span>
        <span class="pace">{t("balance.pace")}</span>
        <span>{t("balance.quicker")}</span>
      </span>
    </button>
  );
}

/** The two sides; satisfaction stands in a large figure and in the explanation. */
const NAMES = { balance_helped_ratio: "balance.helped", balance_pace_seconds: "balance.pace" } as const;

/** One side in figures: observed, and expected of the same contacts. */
function Side({ id, figure, index }: { id: string; figure: Figure; index: number }) {
  const name = NAMES[figure.measure as keyof typeof NAMES];
  const known = measure(figure.measure);
  if (!name || !known) return null;
  return (
    <li class={figure.measure}>
      <span aria-hidden="true">{t(name)}</span>
      <FigureButton figure={figure} part={id} index={index} name={t(name)} />
      {figure.expected !== null && <span class="expected-value">{t("tile.expected", { value: inUnit(figure.expected, known.unit) })}</span>}
    </li>
  );
}

export function BalanceView({ id, balance }: { id: string; balance: Balance }) {
  const newest = balance.trail.at(-1);
  const tone = toneOf(balance);
  const verdict = t(`balance.verdict.${balance.verdict}`);
  return (
    <section class="balance">
      <div class="balance-head">
        <h2>{t("balance.title")}</h2>
        <p class="state" data-tone={tone}>
          <Shape tone={tone} />
          {verdict}
        </p>
      </div>
      <Picture id={id} balance={balance} sentence={newest && balance.scope ? told(balance, newest, balance.scope) : verdict} />
      {newest && balance.scope ? (
        <>
          <ul class="sides">
            {balance.figures.map((figure, index) => (
              <Side key={figure.measure} id={id} figure={figure} index={index} />
            ))}
          </ul>
          <p class="window">{t("balance.of", { scope: scopeName(balance.scope), ...hours(balance, newest.began_at) })}</p>
        </>
      ) : (
        <p class="window">{t("balance.empty")}</p>
      )}
    </section>
  );
}
