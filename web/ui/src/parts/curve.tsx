/** Today in quarters of an hour: offered against answered, who waited, and the service level; as a drawing or as a table. */
import { useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Curve } from "../generated/board";
import { quarters, told, type Quarters } from "../quarters";
import { board, curveShown, scale, shownTexts, theme } from "../state";
import { clock, count, label, percent, t } from "../text";

type Drawn = uPlot.AlignedData;

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

function hours(looks: Look, show: boolean): uPlot.Axis {
  return axis(looks, {
    size: show ? 1.5 * looks.rem : 0,
    space: 3.2 * looks.rem,
    grid: { show: false },
    incrs: [3600, 2 * 3600, 3 * 3600, 4 * 3600, 6 * 3600],
    values: (_, splits) => splits.map((at) => (show ? clock(1000 * at) : "")),
  });
}

const legend = { show: false };
const cursor = { show: false };

function contacts(looks: Look, width: number, height: number): uPlot.Options {
  const { colour, rem } = looks;
  return {
    width,
    height,
    legend,
    cursor,
    padding: [0.6 * rem, 0.2 * rem, 0, 0],
    scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(4, most * 1.08)] } },
    axes: [hours(looks, false), axis(looks, { size: 2.4 * rem, space: 2.2 * rem })],
    series: [
      {},
      { stroke: colour("--quiet"), width: 0.09 * rem, dash: [0.3 * rem, 0.2 * rem], points: { show: false } },
      { stroke: colour("--blue"), fill: colour("--blue-wash"), width: 0.11 * rem, points: { show: false } },
      { stroke: colour("--ochre"), fill: colour("--ochre-wash"), width: 0.11 * rem, points: { show: false } },
    ],
  };
}

function level(looks: Look, width: number, height: number): uPlot.Options {
  const { colour, rem } = looks;
  return {
    width,
    height,
    legend,
    cursor,
    padding: [0.5 * rem, 0.2 * rem, 0, 0],
    scales: { x: { time: true }, y: { range: [0, 1] } },
    axes: [hours(looks, true), axis(looks, { size: 2.4 * rem, splits: () => [0, 0.5, 1], values: (_, at) => at.map((ratio) => percent(ratio)) })],
    series: [{}, { stroke: colour("--blue"), width: 0.11 * rem, spanGaps: false, points: { show: false } }],
  };
}

const countData = ({ at, offered, answered, waiting }: Quarters): Drawn => [at, offered, answered, waiting];
const levelData = ({ at, service_level }: Quarters): Drawn => [at, service_level];

function Drawing({ data, sentence }: { data: Quarters; sentence: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const plots = useRef<uPlot[]>([]);
  const latest = useRef(data);
  latest.current = data;
  const redrawn = `${shownTexts.value?.language} ${theme.value} ${scale.value}`;

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const [upper, lower] = [element.children[0], element.children[1]] as HTMLElement[];
    const draw = (): void => {
      plots.current.forEach((plot) => plot.destroy());
      if (!upper || !lower || upper.clientWidth === 0) return;
      const looks = look(element);
      plots.current = [
        new uPlot(contacts(looks, upper.clientWidth, upper.clientHeight), countData(latest.current), upper),
        new uPlot(level(looks, lower.clientWidth, lower.clientHeight), levelData(latest.current), lower),
      ];
    };
    const sized = new ResizeObserver(draw);
    sized.observe(element);
    const shade = matchMedia("(prefers-color-scheme: dark)");
    shade.addEventListener("change", draw);
    void document.fonts.ready.then(draw);
    return () => {
      sized.disconnect();
      shade.removeEventListener("change", draw);
      plots.current.forEach((plot) => plot.destroy());
      plots.current = [];
    };
  }, [redrawn]);

  useLayoutEffect(() => {
    plots.current[0]?.setData(countData(data));
    plots.current[1]?.setData(levelData(data));
  }, [data.at.length, ...data.offered, ...data.answered]);

  return (
    <div class="drawn" role="img" aria-label={sentence} ref={frame}>
      <div class="drawn-contacts" />
      <div class="drawn-level" />
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
        <button type="button" class="quiet" onClick={() => (curveShown.value = drawing ? "table" : "drawing")}>
          {t(drawing ? "curve.as_table" : "curve.as_drawing")}
        </button>
      </div>
      {drawing ? (
        <>
          <ul class="key" aria-hidden="true">
            <li class="key-offered">{t("curve.offered")}</li>
            <li class="key-answered">{t("curve.answered")}</li>
            <li class="key-waiting">{t("curve.waiting")}</li>
          </ul>
          <Drawing data={data} sentence={sentenceOf(data)} />
          <p class="key-level" aria-hidden="true">{label("service_level_ratio")}</p>
        </>
      ) : (
        <AsTable data={data} />
      )}
    </section>
  );
}
