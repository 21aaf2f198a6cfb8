/** Today in quarters of an hour: offered against answered, who waited, and the service level; as a drawing or as a table. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { Curve } from "../generated/board";
import { quarters, told, type Quarters } from "../quarters";
import { board, curveShown } from "../state";
import { clock, count, label, percent, t } from "../text";

const fetched = signal<{ readonly View: ComponentType<{ data: Quarters; short: boolean }> } | null>(null);
/** How long to wait before the drawing is asked for again, when the network was not there. */
const AGAIN_MS = 10_000;

function fetchDrawing(): void {
  if (fetched.peek()) return;
  import("./drawing").then(
    ({ Drawn }) => void (fetched.value = { View: Drawn }),
    () => void setTimeout(fetchDrawing, AGAIN_MS),
  );
}

function Drawing({ data, short, sentence }: { data: Quarters; short: boolean; sentence: string }) {
  useEffect(fetchDrawing, []);
  const there = fetched.value;
  return (
    <div class="drawn" role="img" aria-label={sentence}>
      {there && <there.View data={data} short={short} />}
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
            {data.waiting && <th scope="col">{t("curve.waiting")}</th>}
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
                {data.waiting && <td>{count(data.waiting[place] ?? 0, 1)}</td>}
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
  const sentence = t("curve.told", {
    offered: count(says.offered),
    answered: count(says.answered),
    busiest: count(says.busiest),
    busiestAt: clock(says.busiestAt),
  });
  if (!says.waiting) return sentence;
  return `${sentence} ${t("curve.told_waiting", { waiting: count(says.waiting.most, 1), waitingAt: clock(says.waiting.at) })}`;
}

/** `short`: only the contacts are drawn, because something else needs the room; the table has all. */
export function CurveView({ curve, short }: { curve: Curve; short: boolean }) {
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
        <Drawing data={data} short={short} sentence={sentenceOf(data)} />
      ) : (
        <AsTable data={data} />
      )}
    </section>
  );
}
