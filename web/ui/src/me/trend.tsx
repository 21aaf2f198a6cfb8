/** My own last weeks, as bands beside the zone that is as expected; never beside anybody else's. */
import type { Week } from "../generated/people";
import { count, date, shortDate } from "../people/speech";
import { EXPECTED } from "./band";
import { t } from "./words";

const WEEKS = 13;
const HEIGHT = 180;
const STEP = 60;
/** Where the line of points is drawn: what is below 40 or above 100 is at the edge. */
const LOWEST = 40;
const y = (points: number): number => HEIGHT - (HEIGHT * (Math.min(100, Math.max(LOWEST, points)) - LOWEST)) / (100 - LOWEST);

const WEEK_MS = 7 * 86_400_000;
/** Whether the week still runs; `now` null: only whole weeks are shown. */
const runs = (week: Week, now: number | null): boolean => now !== null && Date.parse(week.monday) + WEEK_MS > now;

/** What stands under a bar. */
function label(week: Week, now: number | null): string {
  return runs(week, now) ? t("trend.now") : shortDate(week.monday);
}

export function Trend({ weeks, now }: { weeks: readonly Week[]; now: number | null }) {
  const shown = weeks.slice(-WEEKS);
  if (shown.every((week) => week.balance === null)) return null;
  const width = STEP * shown.length;
  return (
    <section class="card" aria-labelledby="trend">
      <h2 id="trend">{t("trend.title")}</h2>
      <p class="quiet">{t("trend.words")}</p>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="trend">
        <p class="zone quiet" aria-hidden="true">
          {t("balance.zone")}
        </p>
        <svg class="trend" viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <rect class="band-zone" x="0" y={y(EXPECTED.to)} width={width} height={y(EXPECTED.from) - y(EXPECTED.to)} />
          {shown.map((week, place) =>
            week.balance ? (
              <rect
                key={week.monday}
                class="band-own"
                data-runs={runs(week, now)}
                x={STEP * place + 20}
                y={y(week.balance.high)}
                width={STEP - 40}
                height={Math.max(6, y(week.balance.low) - y(week.balance.high))}
              />
            ) : (
              <rect key={week.monday} class="band-none" x={STEP * place + 20} y={y(70) - 2} width={STEP - 40} height="4" />
            ),
          )}
        </svg>
        <p class="weeks quiet" style={{ "--weeks": shown.length }} aria-hidden="true">
          {shown.map((week, place) => (
            <span key={week.monday} data-seldom={place % 3 !== (shown.length - 1) % 3}>
              {label(week, now)}
            </span>
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
                <td>
                  {date(week.monday)} {runs(week, now) && <span class="quiet">{t("trend.now")}</span>}
                </td>
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
