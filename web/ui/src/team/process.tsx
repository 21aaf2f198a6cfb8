/** Process first: where does the work itself make it hard? What a topic or an hour explains is nobody's. */
import { signal } from "@preact/signals";
import type { ProcessRow } from "../generated/people";
import { capital, count, duration, named, percent } from "../people/speech";
import { t } from "./words";

const WORTH_SAYING = 0.08;
const ROWS_SHOWN = 5;
const KINDS = ["topic", "channel", "hour"] as const satisfies readonly ProcessRow["by"][];
const opened = signal<ReadonlySet<string>>(new Set());

const slower = (row: ProcessRow): number => row.handle_observed_seconds / row.handle_expected_seconds - 1;
const nameOf = (row: ProcessRow): string =>
  row.by === "channel" ? named("channel", row.name) : row.by === "hour" ? t("process.hour", { hour: row.name }) : row.name;
const signed = (ratio: number): string => `${ratio < 0 ? "−" : "+"}${percent(Math.abs(ratio))}`;

function Row({ row }: { row: ProcessRow }) {
  return (
    <tr>
      <th scope="row">
        {capital(nameOf(row))}
      </th>
      <td class="number wide">
        {count(row.contacts)}
      </td>
      <td class="number wide">
        {duration(row.handle_observed_seconds)} <span class="quiet">/ {duration(row.handle_expected_seconds)}</span>
      </td>
      <td class="number">{signed(slower(row))}</td>
      <td class="number">
        {percent(row.helped_observed)} <span class="quiet">/ {percent(row.helped_expected)}</span>
      </td>
    </tr>
  );
}

/** The rows of one kind: where it takes longest first. */
function Kind({ by, rows }: { by: (typeof KINDS)[number]; rows: readonly ProcessRow[] }) {
  const ours = rows.filter((row) => row.by === by).sort((one, other) => slower(other) - slower(one));
  if (ours.length === 0) return null;
  const all = opened.value.has(by) || ours.length <= ROWS_SHOWN + 1;
  return (
    <tbody>
      <tr class="kind">
        <th scope="rowgroup" colSpan={5}>
          {t(`process.by_${by}`)}
          {!all && (
            <button type="button" class="more" onClick={() => (opened.value = new Set([...opened.value, by]))}>
              {t("process.all", { n: count(ours.length) })}
              <span class="unseen"> {t(`process.by_${by}`)}</span>
            </button>
          )}
        </th>
      </tr>
      {(all ? ours : ours.slice(0, ROWS_SHOWN)).map((row) => (
        <Row key={row.name} row={row} />
      ))}
    </tbody>
  );
}

function sentence(rows: readonly ProcessRow[]): string {
  const [most] = rows.filter((row) => row.by !== "team" && slower(row) >= WORTH_SAYING).sort((one, other) => slower(other) - slower(one));
  return most ? t("process.sentence", { name: nameOf(most), share: percent(slower(most)) }) : t("process.nothing");
}

export function ProcessTable({ rows }: { rows: readonly ProcessRow[] }) {
  return (
    <section class="card" aria-labelledby="process">
      <h2 id="process">{t("process.title")}</h2>
      {rows.length > 0 && <p class="word">{sentence(rows)}</p>}
      <p class="quiet">{t(rows.length === 0 ? "process.none" : "process.words")}</p>
      {rows.length > 0 && (
        <table class="fewer">
          <thead>
            <tr>
              <th scope="col">{t("process.what")}</th>
              <th scope="col" class="number wide">{t("process.contacts")}</th>
              <th scope="col" class="number wide">{t("process.handle")}</th>
              <th scope="col" class="number">{t("process.beside")}</th>
              <th scope="col" class="number">{t("process.helped")}</th>
            </tr>
          </thead>
          {KINDS.map((by) => (
            <Kind key={by} by={by} rows={rows} />
          ))}
        </table>
      )}
    </section>
  );
}
