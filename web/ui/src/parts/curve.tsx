/** Today in quarters of an hour: offered against answered, who waited, and the service level; as a drawing or as a table. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Curve } from "../generated/board";
import { quarters, told, type Quarters } from "../quarters";
import { board, curveShown, scale, shownTexts, theme } from "../state";
import { clock, count, label, percent, t } from "../text";

/** Colours and sizes as the style sheet has them now. */
function look(element: Element) {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return { colour, rem, font: `${0.72 * rem}px ${style.fontFamily}` };
}

type Look = ReturnType<typeof look>;

function axis({ colour, font, rem }: Look, options: uPlot.Axis): uPlot.Axis {
  return {
    stroke: colour("--quiet"),
    font,
    gap: 0.3 * rem,
    ticks: { show: false },
    grid: { stroke: colour("--line"), width: 1 },
    ...options,
  };
}

/** One drawing over the hours of the day. The lowest shows the hours. */
interface Panel {
  readonly name: "contacts" | "waiting" | "level";
  readonly data: (quarters: Quarters) => uPlot.AlignedData;
  readonly series: (looks: Look) => uPlot.Series[];
  readonly axis: uPlot.Axis;
  readonly range: uPlot.Scale.Range;
}

/** The next number that is easy to halve. */
export function roundAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 4)));
  return ([1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((times) => times * power >= value) ?? 10) * power;
}

const fromZero: uPlot.Scale.Range = (_, __, most) => [0, roundAbove(most ?? 0)];
const ends = (parts: number): uPlot.Axis.Splits => (_, __, ___, most) => Array.from({ length: parts + 1 }, (_, n) => (n * most) / parts);

const line = ({ colour, rem }: Look, name: string): uPlot.Series => ({
  stroke: colour(`--${name}`),
  fill: colour(`--${name}-wash`),
  width: 0.11 * rem,
  points: { show: false },
});

const PANELS: readonly Panel[] = [
  {
    name: "contacts",
    data: ({ at, answered, offered }) => [at, answered, offered],
    series: (looks) => [
      line(looks, "blue"),
      { stroke: looks.colour("--ink"), width: 0.08 * looks.rem, dash: [0.25 * looks.rem, 0.2 * looks.rem], points: { show: false } },
    ],
    axis: { splits: ends(2) },
    range: fromZero,
  },
  {
    name: "waiting",
    data: ({ at, waiting }) => [at, waiting],
    series: (looks) => [line(looks, "ochre")],
    axis: { splits: ends(1) },
    range: fromZero,
  },
  {
    name: "level",
    data: ({ at, service_level }) => [at, service_level],
    series: (looks) => [{ ...line(looks, "blue"), fill: "" }],
    axis: { splits: ends(1), values: (_, at) => at.map((ratio) => percent(ratio)) },
    range: [0, 1],
  },
];

function options(panel: Panel, looks: Look, width: number, height: number, last: boolean): uPlot.Options {
  const { rem } = looks;
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [0.6 * rem, 0.9 * rem, last ? 0 : 0.4 * rem, 0],
    scales: { x: { time: true }, y: { range: panel.range } },
    axes: [
      axis(looks, {
        show: last,
        size: 1.5 * rem,
        space: 3.2 * rem,
        grid: { show: false },
        incrs: [1, 2, 3, 4, 6].map((hours) => hours * 3600),
        values: (_, splits) => splits.map((at) => clock(1000 * at)),
      }),
      axis(looks, { size: 2.6 * rem, ...panel.axis }),
    ],
    series: [{}, ...panel.series(looks)],
  };
}

/** Draws one panel, and again when its size, the colours, the language or the scale change. */
function PanelView({ panel, data, last, children }: { panel: Panel; data: Quarters; last: boolean; children: ComponentChildren }) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(data);
  latest.current = data;

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const draw = (): void => {
      plot.current?.destroy();
      const { clientWidth, clientHeight } = element;
      plot.current = null;
      if (clientWidth === 0 || clientHeight === 0) return;
      plot.current = new uPlot(options(panel, look(element), clientWidth, clientHeight, last), panel.data(latest.current), element);
    };
    const sized = new ResizeObserver(draw);
    sized.observe(element);
    const shade = matchMedia("(prefers-color-scheme: dark)");
    shade.addEventListener("change", draw);
    void document.fonts.ready.then(draw);
    return () => {
      sized.disconnect();
      shade.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [`${shownTexts.value?.language} ${theme.value} ${scale.value}`]);

  useLayoutEffect(() => plot.current?.setData(panel.data(data)), [JSON.stringify(panel.data(data))]);

  return (
    <div class={`panel ${panel.name}`}>
      {children && <p class="panel-name" aria-hidden="true">{children}</p>}
      <div class="panel-frame" ref={frame} />
    </div>
  );
}

function Drawing({ data, sentence }: { data: Quarters; sentence: string }) {
  const names: Record<Panel["name"], ComponentChildren> = {
    contacts: null,
    waiting: <span class="key waiting">{t("curve.waiting")}</span>,
    level: <span class="key answered">{label("service_level_ratio")}</span>,
  };
  return (
    <div class="drawn" role="img" aria-label={sentence}>
      {PANELS.map((panel, place) => (
        <PanelView key={panel.name} panel={panel} data={data} last={place === PANELS.length - 1}>
          {names[panel.name]}
        </PanelView>
      ))}
    </div>
  );
}

function AsTable({ data }: { data: Quarters }) {
  return (
    <div class="quarters" tabIndex={0} role="region" aria-label={t("curve.title")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("curve.from")}</th>
            <th scope="col">{t("curve.offered")}</th>
            <th scope="col">{t("curve.answered")}</th>
            <th scope="col">{t("curve.waiting")}</th>
            <th scope="col">{label("service_level_ratio")}</th>
          </tr>
        </thead>
        <tbody>
          {data.at.map((at, place) => {
            const share = data.service_level[place] ?? null;
            return (
              <tr key={at}>
                <th scope="row">{clock(1000 * at)}</th>
                <td>{count(data.offered[place] ?? 0)}</td>
                <td>{count(data.answered[place] ?? 0)}</td>
                <td>{count(data.waiting[place] ?? 0, 1)}</td>
                <td>{share === null ? t("figure.nothing") : percent(share)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function sentenceOf(data: Quarters): string {
  const says = told(data);
  if (!says) return t("curve.nothing");
  return t("curve.told", {
    offered: count(says.offered),
    answered: count(says.answered),
    busiest: count(says.busiest),
    busiestAt: clock(says.busiestAt),
    waiting: count(says.mostWaiting, 1),
    waitingAt: clock(says.mostWaitingAt),
  });
}

export function CurveView({ curve }: { curve: Curve }) {
  const data = quarters(curve, board.value?.at ?? 0);
  const drawing = curveShown.value === "drawing";
  return (
    <section class="curve">
      <div class="curve-head">
        <h2>{t("curve.title")}</h2>
        {drawing && (
          <p class="panel-name" aria-hidden="true">
            <span class="key answered">{t("curve.answered")}</span>
            <span class="key offered">{t("curve.offered")}</span>
          </p>
        )}
        <button type="button" class="quiet" onClick={() => (curveShown.value = drawing ? "table" : "drawing")}>
          {t(drawing ? "curve.as_table" : "curve.as_drawing")}
        </button>
      </div>
      {drawing ? (
        <Drawing data={data} sentence={sentenceOf(data)} />
      ) : (
        <AsTable data={data} />
      )}
    </section>
  );
}
