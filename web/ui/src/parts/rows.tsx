/** The queues, first and second line apart, or the channels, as a table. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Placed } from "../board";
import type { Channel, Row } from "../generated/board";
import { AGENTS, COLUMNS, LONGEST_WAIT, longestWait, people, plain, WAITING, type Column } from "../own";
import { standing } from "../standing";
import { countedAt, rowsShown } from "../state";
import { clock, count, duration, t } from "../text";
import { FigureButton } from "./figure";
import { Icon, Shape } from "./shapes";

type PlacedRow = Placed<Row>;

const COLUMN_NAMES = Object.keys(COLUMNS) as Column[];

export function rowName(row: Row): string {
  if (row.kind === "channel") return t(`channel.${(row.channel || row.id) as Channel}`);
  if (row.kind === "line") return t(row.line === 2 ? "line.2" : "line.1");
  return row.label || row.id;
}

/** The figures that have a column of their own, where any row has them. */
const FIGURES = [
  ["service_level_ratio", "30m", "rows.level"],
  ["service_level_ratio", "today", "rows.level"],
  ["handle_time_seconds", "30m", "rows.handle"],
  ["abandoned_ratio", "today", "rows.abandoned"],
] as const;
type Shown = (typeof FIGURES)[number];

const placeOf = (row: Row, [measure, window]: Shown): number =>
  row.figures.findIndex((figure) => figure.measure === measure && figure.window === window);

function FigureCell({ id, row, shown }: { id: string; row: Row; shown: Shown }) {
  const index = placeOf(row, shown);
  const figure = row.figures[index] ?? { ...plain(shown[0], null), window: shown[1] };
  const { tone, word } = standing(figure);
  const marked = word !== null && (shown[1] === "30m" || tone === "act");
  return (
    <td role="cell" class="number" data-label={`${t(shown[2])} ${t(`window.${shown[1]}`)}`} data-tone={marked ? tone : "none"}>
      {marked && <Shape tone={tone} />}
      {marked && <span class="unseen">{t(word)}</span>}
      <FigureButton figure={figure} part={id} index={index} />
    </td>
  );
}

function Longest({ id, row }: { id: string; row: Row }) {
  const began = row.longest_wait_began_at;
  return (
    <td role="cell" class="number" data-label={t("rows.longest")}>
      {began === null && row.waiting === 0 ? (
        <span class="nobody">{t("row.nobody")}</span>
      ) : began === null ? (
        <FigureButton figure={longestWait(null)} part={id} index={LONGEST_WAIT} />
      ) : (
        <FigureButton
          figure={longestWait((countedAt.value - began) / 1000)}
          part={id}
          index={LONGEST_WAIT}
          text={duration((countedAt.value - began) / 1000)}
        />
      )}
    </td>
  );
}

function AgentCell({ id, row, column }: { id: string; row: Row; column: Column }) {
  const number = people(row, column);
  return (
    <td role="cell" class="number people" data-column={column} data-label={t(`agent.${column}`)}>
      <FigureButton
        figure={plain("agents", number)}
        part={id}
        index={AGENTS}
        name={t(`agent.${column}`)}
        text={number === null ? undefined : count(number)}
      />
    </td>
  );
}

/** When there was news last: short, so that a silent source does not push columns off the screen. */
function Stale({ since }: { since: number }) {
  return (
    <span class="stale">
      <span aria-hidden="true">{clock(since)}</span>
      <span class="unseen">{t("stale.since", { time: clock(since) })}</span>
    </span>
  );
}

/** Who waits and how long; nothing on a board that hides it. */
function WaitingCells({ id, row }: { id: string; row: Row }) {
  if (row.waiting === null) return null;
  return (
    <>
      <td role="cell" class="number waiting" data-label={t("rows.waiting")}>
        <FigureButton figure={plain("waiting", row.waiting)} part={id} index={WAITING} />
      </td>
      <Longest id={id} row={row} />
    </>
  );
}

function RowView({ id, row, shown }: { id: string; row: Row; shown: readonly Shown[] }) {
  return (
    <tr role="row" class={row.kind} data-stale={row.stale_since !== null}>
      <th role="rowheader" scope="row">
        <span class="row-name">
          <Icon name={row.channel || row.id} />
          <span>
            {rowName(row)}
            {row.kind === "queue" && row.channel && <span class="unseen">{`, ${t(`channel.${row.channel as Channel}`)}`}</span>}
          </span>
          {row.stale_since !== null && <Stale since={row.stale_since} />}
        </span>
      </th>
      <WaitingCells id={id} row={row} />
      {shown.map((figure) => (
        <FigureCell key={figure.join()} id={id} row={row} shown={figure} />
      ))}
      {COLUMN_NAMES.map((column) => (
        <AgentCell key={column} id={id} row={row} column={column} />
      ))}
    </tr>
  );
}

/** Which figures get a column, as one of few lists: a row that did not change is not rendered again. */
function columnsOf(rows: PlacedRow[]): readonly Shown[] {
  const chosen = FIGURES.filter((figure) => rows.some(({ part }) => placeOf(part, figure) >= 0));
  const name = chosen.join();
  const kept = COLUMN_LISTS.get(name) ?? chosen;
  COLUMN_LISTS.set(name, kept);
  return kept;
}
const COLUMN_LISTS = new Map<string, readonly Shown[]>();

/** Tells the style sheet how high the frame is, so that the rows can share it. */
function useHeight() {
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const sized = new ResizeObserver(() => element.style.setProperty("--height", `${element.clientHeight}px`));
    sized.observe(element);
    return () => sized.disconnect();
  }, []);
  return frame;
}

interface Group {
  readonly name: string | null;
  readonly rows: PlacedRow[];
}

/** Queues by line, each with its name where there are two; channels all together. */
function groups(rows: PlacedRow[]): Group[] {
  const kind = rowsShown.value;
  const shown = rows.filter(({ part }) => part.kind === kind);
  const ofLine = (line: number): PlacedRow[] => shown.filter(({ part }) => (part.line ?? 1) === line);
  if (kind === "channel" || ofLine(2).length === 0) return [{ name: null, rows: shown }];
  return [
    { name: t("line.1"), rows: ofLine(1) },
    { name: t("line.2"), rows: ofLine(2) },
  ];
}

function Choice({ kind }: { kind: "queue" | "channel" }) {
  return (
    <button type="button" aria-pressed={rowsShown.value === kind} onClick={() => (rowsShown.value = kind)}>
      {t(`rows.${kind}`)}
    </button>
  );
}

/** Two lines of heads: what is counted, and over which time or in which state. */
function Heads({ shown, waiting }: { shown: readonly Shown[]; waiting: boolean }) {
  const named = shown.filter(([measure], place) => shown[place - 1]?.[0] !== measure);
  return (
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col" rowSpan={2}>
          <span class="unseen">{t(rowsShown.value === "queue" ? "rows.name.queue" : "rows.name.channel")}</span>
        </th>
        {waiting && <th role="columnheader" scope="col" rowSpan={2} class="number">{t("rows.waiting")}</th>}
        {waiting && <th role="columnheader" scope="col" rowSpan={2} class="number">{t("rows.longest")}</th>}
        {named.map(([measure, , name]) => (
          <th key={measure} role="columnheader" scope="colgroup" class="number group" colSpan={shown.filter(([other]) => other === measure).length}>
            {t(name)}
          </th>
        ))}
        <th role="columnheader" scope="colgroup" class="group people-group" colSpan={COLUMN_NAMES.length}>{t("rows.people")}</th>
      </tr>
      <tr role="row">
        {shown.map(([measure, window]) => (
          <th key={measure + window} role="columnheader" scope="col" class="number">{t(`window.${window}`)}</th>
        ))}
        {COLUMN_NAMES.map((column) => (
          <th key={column} role="columnheader" scope="col" class="number people" data-column={column}>{t(`agent.${column}`)}</th>
        ))}
      </tr>
    </thead>
  );
}

export function RowsView({ rows }: { rows: PlacedRow[] }) {
  const frame = useHeight();
  const grouped = groups(rows);
  const shown = columnsOf(rows);
  const waiting = rows.some(({ part }) => part.waiting !== null);
  const number = grouped.reduce((sum, group) => sum + group.rows.length + (group.name ? 0.75 : 0), 1.65);
  return (
    <section class="rows">
      <h2 class="unseen">{t("rows.title")}</h2>
      <div class="choice" role="group" aria-label={t("rows.choice")}>
        <Choice kind="queue" />
        <Choice kind="channel" />
      </div>
      <div class="rows-frame" ref={frame} style={{ "--rows": number }}>
        <table role="table">
          <caption class="unseen">{t("rows.caption")}</caption>
          <Heads shown={shown} waiting={waiting} />
          {grouped.map((group) => (
            <tbody key={group.name} role="rowgroup">
              {group.name && (
                <tr role="row" class="line">
                  <th role="rowheader" scope="rowgroup" colSpan={(waiting ? 3 : 1) + shown.length + COLUMN_NAMES.length}>
                    {group.name}
                  </th>
                </tr>
              )}
              {group.rows.map((placed) => (
                <RowView key={placed.id} id={placed.id} row={placed.part} shown={shown} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </section>
  );
}
