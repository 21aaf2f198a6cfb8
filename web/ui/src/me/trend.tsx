/** My own last weeks, as bands beside the zone that is as expected; never beside anybody else's. */
import type { Week } from "../generated/people";
import { count, date } from "../people/speech";
import { EXPECTED } from "./band";
import { t } from "./words";

const WEEKS = 13;
const HEIGHT = 180;
const STEP = 60;
/** Where the line of points is drawn: what is below 40 or above 100 is at the edge. */
const LOWEST = 40;
const y = (points: number): number => HEIGHT - (HEIGHT * (Math.min(100, Math.max(LOWEST, points)) - LOWEST)) / (100 - LOWEST);

export function Trend({ weeks }: { weeks: readonly Week[] }) {
  const shown = weeks.slice(-WEEKS);
  if (shown.every((week) => week.balance === null)) return null;
  const width = STEP * shown.length;
  return (
    <section class="card" aria-labelledby="trend">
      <h2 id="trend">{t("trend.title")}</h2>
      <p class="quiet">{t("trend.words")}</p>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="trend">
        <svg class="trend" viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <rect class="band-zone" x="0" y={y(EXPECTED.to)} width={width} height={y(EXPECTED.from) - y(EXPECTED.to)} />
          {shown.map(
            (week, place) =>
              week.balance && (
                <rect
                  key={week.monday}
                  class="band-own"
                  x={STEP * place + 22}
                  y={y(week.balance.high)}
                  width={STEP - 44}
                  height={Math.max(6, y(week.balance.low) - y(week.balance.high))}
                />
              ),
          )}
        </svg>
        <p class="weeks quiet" style={{ "--weeks": shown.length }} aria-hidden="true">
          {shown.map((week, place) => (
            <span key={week.monday}>{place === 0 || place === shown.length - 1 ? date(week.monday) : ""}</span>
          ))}
        </p>
      </div>
      <details>
        <summary>{t("trend.table")}</summary>
        <table>
          <thead>
            <tr>
              <th>{t("trend.week")}</th>
              <th>{t("trend.state")}</th>
              <th class="number">{t("trend.contacts")}</th>
              <th class="number">{t("trend.range")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((week) => (
              <tr key={week.monday}>
                <td>{date(week.monday)}</td>
                <td>{t(`state.${week.state}`)}</td>
                <td class="number">{count(week.contacts)}</td>
                <td class="number">{week.balance ? `${count(week.balance.low)}–${count(week.balance.high)}` : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
