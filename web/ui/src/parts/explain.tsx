/** The explanation of one figure or of the balance: what it is, its formula, its window and its n, alive while it is
    open. Fetched with its texts when somebody first asks. */
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Balance, Figure, Row } from "../generated/board";
import { MEASURES, type Measure, type MeasureKey } from "../generated/measures";
import { explanationTexts, filled, type ExplanationKey, type ExplanationTexts, type Values } from "../language";
import { AGENTS, figureAt, PICTURE } from "../own";
import { reading, standing } from "../standing";
import { board, countedAt, explained, language } from "../state";
import { clock, count, inUnit, label, percent, signed, t } from "../text";
import { hours, scopeName } from "./balance";
import { rowName } from "./rows";
import { Icon, Shape } from "./shapes";

const texts = signal<ExplanationTexts | null>(null);
effect(() => {
  const wanted = language.value;
  void explanationTexts(wanted).then((come) => {
    if (language.peek() === wanted) texts.value = come;
  });
});

const say = (key: ExplanationKey, values?: Values): string => filled(texts.value?.catalogue[key] ?? "", values);

const STATES = ["available", "ringing", "on_contact", "on_hold", "wrap_up", "other_work", "break", "offline", "unknown"] as const;

function Line({ name, value }: { name: string; value: string | null }) {
  if (value === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The sums behind a ratio are whole contacts; behind a mean they are seconds. */
function sums(figure: Figure, known: Measure): string | null {
  if (figure.numerator === null || figure.denominator === null) return null;
  if (known.unit === "ratio") return say("explain.of", { part: count(figure.numerator), whole: count(figure.denominator) });
  return say("explain.divided", { part: inUnit(figure.numerator, known.unit), whole: count(figure.denominator) });
}

/** Where the word changes. A target of the centre's own moves the thresholds with it, in proportion. */
function thresholds({ target }: Figure, known: Measure): string | null {
  if (!known.thresholds || known.better === "none") return null;
  const { good, act, idle } = known.thresholds;
  const scaled = target === null ? 1 : target / good;
  return say(`thresholds.${known.better}`, {
    good: percent(scaled * good),
    act: percent(scaled * act),
    idle: percent(idle ?? 0),
  });
}

function Value({ figure, known }: { figure: Figure; known: Measure }) {
  const { tone, word } = standing(figure);
  const kind = reading(figure);
  return (
    <p class="explained-value" data-tone={tone}>
      <strong>
        {kind === "figure" && figure.value !== null
          ? inUnit(figure.value, known.unit)
          : say(kind === "nothing" ? "figure.nothing_long" : "figure.too_little_long")}
      </strong>
      {word && (
        <span class="state" data-tone={tone}>
          <Shape tone={tone} />
          {t(word)}
        </span>
      )}
    </p>
  );
}

/** What else the same tile tells, each figure with its window. */
function Also({ figures }: { figures: readonly Figure[] }) {
  return (
    <>
      {figures.map((figure) => (
        <Line
          key={figure.measure + figure.window}
          name={label(figure.measure)}
          value={figure.value === null ? null : say("explain.also", {
            value: inUnit(figure.value, MEASURES[figure.measure as MeasureKey].unit),
            window: say(`window_long.${figure.window}`),
          })}
        />
      ))}
    </>
  );
}

function OfMeasure({ figure, known, also }: { figure: Figure; known: Measure; also: readonly Figure[] }) {
  const words = texts.value?.measures[figure.measure as MeasureKey];
  const interval = figure.low !== null && figure.high !== null;
  return (
    <>
      <Value figure={figure} known={known} />
      <p>{words?.help}</p>
      <dl>
        <Line name={say("explain.formula")} value={words?.formula ?? null} />
        <Line name={say("explain.window")} value={say(`window_long.${figure.window}`)} />
        <Line name={say("explain.n")} value={figure.window === "now" || (figure.n === 0 && figure.value !== null) ? null : count(figure.n)} />
        <Line name={say("explain.sums")} value={sums(figure, known)} />
        <Line
          name={say("explain.interval")}
          value={interval ? say("explain.between", { low: percent(figure.low ?? 0), high: percent(figure.high ?? 0) }) : null}
        />
        <Line name={say("explain.target")} value={figure.target === null ? null : inUnit(figure.target, known.unit)} />
        <Line name={say("explain.expected")} value={figure.expected === null ? null : inUnit(figure.expected, known.unit)} />
        <Line name={say("explain.thresholds")} value={thresholds(figure, known)} />
        <Also figures={also} />
      </dl>
    </>
  );
}

function OfAgents({ row }: { row: Row }) {
  return (
    <>
      <p>{say("explain.agents")}</p>
      <dl>
        {STATES.map((state) => (
          <Line key={state} name={say(`state.${state}`)} value={count(row.agents[state] ?? 0)} />
        ))}
      </dl>
    </>
  );
}

function OfBalance({ balance }: { balance: Balance }) {
  const newest = balance.trail.at(-1);
  return (
    <>
      <p class="explained-value">
        <strong class="words">{t(`balance.verdict.${balance.verdict}`)}</strong>
      </p>
      <p>{say("balance.help")}</p>
      <dl>
        <Line name={say("explain.formula")} value={say("balance.formula")} />
        <Line name={say("explain.window")} value={newest ? say("balance.window", hours(balance, newest.began_at)) : null} />
        {balance.figures.map((figure) => (
          <Line
            key={figure.measure}
            name={label(figure.measure)}
            value={say("balance.beside", {
              value: inUnit(figure.value ?? 0, MEASURES[figure.measure as MeasureKey].unit),
              expected: inUnit(figure.expected ?? 0, MEASURES[figure.measure as MeasureKey].unit),
              n: count(figure.n),
            })}
          />
        ))}
        <Line
          name={say("balance.field_name")}
          value={say("balance.field_of", { points: -balance.field_from_points, percent: balance.field_to_percent })}
        />
        <Line name={say("balance.who_name")} value={balance.scope && say("balance.who", { scope: scopeName(balance.scope) })} />
      </dl>
      {newest && <Trail balance={balance} />}
    </>
  );
}

/** Today's path as a table, the newest window first. */
function Trail({ balance }: { balance: Balance }) {
  return (
    <div class="quarters" tabIndex={0} role="region" aria-label={t("balance.title")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say("balance.from")}</th>
            <th scope="col">{say("balance.helped_difference")}</th>
            <th scope="col">{say("balance.pace_difference")}</th>
          </tr>
        </thead>
        <tbody>
          {[...balance.trail].reverse().map((place) => (
            <tr key={place.began_at}>
              <th scope="row">{clock(place.began_at)}</th>
              <td>{signed(place.helped_points)}</td>
              <td>{signed(place.pace_percent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What is explained now: its heading, to whom it belongs, and its body. */
function subject(): { title: string; of: string | null; body: preact.ComponentChild } | null {
  const wanted = explained.value;
  const part = wanted && board.value?.parts[wanted.part];
  if (!wanted || !part || (part.type !== "tile" && part.type !== "row" && part.type !== "balance")) return null;
  if (part.type === "balance" && wanted.index === PICTURE) {
    return { title: t("balance.title"), of: part.scope && scopeName(part.scope), body: <OfBalance balance={part} /> };
  }
  const of = part.type === "row" ? rowName(part) : part.type === "balance" && part.scope ? scopeName(part.scope) : null;
  if (part.type === "row" && wanted.index === AGENTS) {
    return { title: say("explain.agents_title"), of, body: <OfAgents row={part} /> };
  }
  const figure = figureAt(part, wanted.index, countedAt.value);
  const known = figure && MEASURES[figure.measure as MeasureKey];
  const also = part.type === "tile" && wanted.index === 0 ? part.figures.slice(1) : [];
  return figure && known ? { title: label(figure.measure), of, body: <OfMeasure figure={figure} known={known} also={also} /> } : null;
}

export function Explanation() {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = texts.value && subject();
  const open = shown !== null;
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  const close = (): void => void (explained.value = null);
  return (
    <dialog
      ref={dialog}
      class="explanation"
      aria-labelledby="explanation-title"
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      {shown && (
        <div class="explanation-body">
          <header>
            <h2 id="explanation-title">
              {shown.title}
              {shown.of && <span class="of">{shown.of}</span>}
            </h2>
            <button type="button" class="close" aria-label={say("explain.close")} onClick={close}>
              <Icon name="close" />
            </button>
          </header>
          {shown.body}
        </div>
      )}
    </dialog>
  );
}
