/** The explanation of one figure: what it is, its formula, its window and its n, alive while it is open. */
import { useEffect, useRef } from "preact/hooks";
import type { Figure, Row } from "../generated/board";
import { MEASURES, type Measure, type MeasureKey } from "../generated/measures";
import { AGENTS, figureAt } from "../own";
import { reading, standing } from "../standing";
import { board, countedAt, explained } from "../state";
import { count, inUnit, label, percent, t, textsOf } from "../text";
import { rowName } from "./rows";
import { Icon, Shape } from "./shapes";

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
  if (known.unit === "ratio") return t("explain.of", { part: count(figure.numerator), whole: count(figure.denominator) });
  return t("explain.divided", { part: inUnit(figure.numerator, known.unit), whole: count(figure.denominator) });
}

/** Where the word changes. A target of the centre's own moves the thresholds with it, in proportion. */
function thresholds({ target }: Figure, known: Measure): string | null {
  if (!known.thresholds || known.better === "none") return null;
  const { good, act, idle } = known.thresholds;
  const scaled = target === null ? 1 : target / good;
  return t(`thresholds.${known.better}`, {
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
          : t(kind === "nothing" ? "figure.nothing_long" : "figure.too_little_long")}
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

function OfMeasure({ figure, known }: { figure: Figure; known: Measure }) {
  const texts = textsOf(figure.measure);
  const interval = figure.low !== null && figure.high !== null;
  return (
    <>
      <Value figure={figure} known={known} />
      <p>{texts?.help}</p>
      <dl>
        <Line name={t("explain.formula")} value={texts?.formula ?? null} />
        <Line name={t("explain.window")} value={t(`window_long.${figure.window}`)} />
        <Line name={t("explain.n")} value={figure.window === "now" || (figure.n === 0 && figure.value !== null) ? null : count(figure.n)} />
        <Line name={t("explain.sums")} value={sums(figure, known)} />
        <Line
          name={t("explain.interval")}
          value={interval ? t("explain.between", { low: percent(figure.low ?? 0), high: percent(figure.high ?? 0) }) : null}
        />
        <Line name={t("explain.target")} value={figure.target === null ? null : inUnit(figure.target, known.unit)} />
        <Line name={t("explain.expected")} value={figure.expected === null ? null : inUnit(figure.expected, known.unit)} />
        <Line name={t("explain.thresholds")} value={thresholds(figure, known)} />
      </dl>
    </>
  );
}

function OfAgents({ row }: { row: Row }) {
  return (
    <>
      <p>{t("explain.agents")}</p>
      <dl>
        {STATES.map((state) => (
          <Line key={state} name={t(`state.${state}`)} value={count(row.agents[state] ?? 0)} />
        ))}
      </dl>
    </>
  );
}

/** What is explained now: its heading, to whom it belongs, and its body. */
function subject(): { title: string; of: string | null; body: preact.ComponentChild } | null {
  const wanted = explained.value;
  const part = wanted && board.value?.parts[wanted.part];
  if (!wanted || !part || (part.type !== "tile" && part.type !== "row")) return null;
  const of = part.type === "row" ? rowName(part) : null;
  if (part.type === "row" && wanted.index === AGENTS) {
    return { title: t("explain.agents_title"), of, body: <OfAgents row={part} /> };
  }
  const figure = figureAt(part, wanted.index, countedAt.value);
  const known = figure && MEASURES[figure.measure as MeasureKey];
  return figure && known ? { title: label(figure.measure), of, body: <OfMeasure figure={figure} known={known} /> } : null;
}

export function Explanation() {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = subject();
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
            <button type="button" class="close" aria-label={t("explain.close")} onClick={close}>
              <Icon name="close" />
            </button>
          </header>
          {shown.body}
        </div>
      )}
    </dialog>
  );
}
