/** Helped, satisfied and pace: one sentence each, in natural units, with how many it is about. */
import type { Indicator, Sheet } from "../generated/people";
import { count, duration, percent } from "../people/speech";
import { Band } from "./band";
import { prefers } from "./state";
import { t } from "./words";

const SLOWER = 1.1;

function sentences(one: Indicator): string[] {
  const said: string[] = [];
  const of = one.came_back;
  if (of) said.push(t("helped.came_back", { n: count(of.counted), observed: count(of.observed), expected: count(of.expected) }));
  const passed = one.transferred;
  if (passed && passed.expected + passed.observed >= 1) {
    said.push(t("helped.passed_on", { observed: count(passed.observed), expected: count(passed.expected) }));
  }
  const marks = one.positive;
  if (marks) said.push(t("satisfied.marks", { n: count(marks.counted), observed: count(marks.observed), expected: count(marks.expected) }));
  const handle = one.handle;
  if (handle) {
    const within = handle.observed <= SLOWER * handle.expected;
    const values = { n: count(handle.counted), observed: duration(handle.observed), expected: duration(handle.expected) };
    said.push(t(within ? "pace.within" : "pace.slower", { ...values, share: percent(handle.observed / handle.expected - 1) }));
  }
  return said.length > 0 ? said : [t("indicator.nothing")];
}

export function Indicators({ sheet }: { sheet: Sheet }) {
  return (
    <section class="card" aria-labelledby="indicators">
      <h2 id="indicators">{t("indicators.title")}</h2>
      <ul class="indicators">
        {sheet.indicators.map((one) => (
          <li key={one.name}>
            <h3>{t(`indicator.${one.name}`)}</h3>
            <Band range={one.range} point={prefers("show_number")} label={t("indicator.band", { low: count(one.range.low), high: count(one.range.high) })} />
            {sentences(one).map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
