/** Process first: where does the work itself make it hard? What a topic or an hour explains is nobody's. */
import type { ProcessRow } from "../generated/people";
import { count, duration, named, percent } from "../people/speech";
import { t } from "./words";

const WORTH_SAYING = 0.08;
const ROWS_SHOWN = 12;

const slower = (row: ProcessRow): number => row.handle_observed_seconds / row.handle_expected_seconds - 1;
const nameOf = (row: ProcessRow): string =>
  row.by === "channel" ? named("channel", row.name) : row.by === "hour" ? t("process.hour", { hour: row.name }) : row.name;
const signed = (ratio: number): string => `${ratio < 0 ? "−" : "+"}${percent(Math.abs(ratio))}`;

export function ProcessTable({ rows }: { rows: readonly ProcessRow[] }) {
  const sorted = [...rows].sort((one, other) => Math.abs(slower(other)) - Math.abs(slower(one)));
  const most = sorted.find((row) => slower(row) >= WORTH_SAYING);
  return (
    <section class="card" aria-labelledby="process">
      <h2 id="process">{t("process.title")}</h2>
      {most && <p class="word sentence">{t("process.sentence", { name: nameOf(most), share: percent(slower(most)) })}</p>}
      <p class="quiet">{t(rows.length === 0 ? "process.none" : "process.words")}</p>
      {rows.length > 0 && (
        <div class="scroll" tabIndex={0} role="group" aria-labelledby="process">
          <table>
            <thead>
              <tr>
                <th scope="col">{t("process.what")}</th>
                <th scope="col" class="number">{t("process.contacts")}</th>
                <th scope="col" class="number">{t("process.handle")}</th>
                <th scope="col" class="number">{t("process.beside")}</th>
                <th scope="col" class="number">{t("process.helped")}</th>
              </tr>
            </thead>
            <tbody>
              {sorted.slice(0, ROWS_SHOWN).map((row) => (
                <tr key={`${row.by} ${row.name}`}>
                  <th scope="row">
                    {nameOf(row)} <span class="quiet">{t(`process.by_${row.by}`)}</span>
                  </th>
                  <td class="number">{count(row.contacts)}</td>
                  <td class="number">{duration(row.handle_observed_seconds)}</td>
                  <td class="number">
                    {duration(row.handle_expected_seconds)} <span class="quiet">{signed(slower(row))}</span>
                  </td>
                  <td class="number">
                    {percent(row.helped_observed)} <span class="quiet">/ {percent(row.helped_expected)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
