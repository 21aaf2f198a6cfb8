/** Today's curve drawn with uPlot: three panels over the hours of the day. Fetched after the page is painted. */
import "uplot/dist/uPlot.min.css";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Quarters } from "../quarters";
import { scale, shownTexts, theme } from "../state";
import { clock, label, percent, t } from "../text";

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
    data: ({ at, waiting }) => [at, waiting ?? []],
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

export function Drawn({ data, short }: { data: Quarters; short: boolean }) {
  const names: Record<Panel["name"], ComponentChildren> = {
    contacts: null,
    waiting: <span class="key waiting">{t("curve.waiting")}</span>,
    level: <span class="key answered">{label("service_level_ratio")}</span>,
  };
  const drawn = PANELS.filter((panel) => panel.name !== "waiting" || data.waiting !== null);
  const panels = short ? drawn.slice(0, 1) : drawn;
  return (
    <>
      {panels.map((panel, place) => (
        <PanelView key={`${panel.name} ${panels.length}`} panel={panel} data={data} last={place === panels.length - 1}>
          {names[panel.name]}
        </PanelView>
      ))}
    </>
  );
}
