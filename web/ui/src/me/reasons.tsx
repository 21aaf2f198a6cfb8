/** The largest plus and minus, each opened down to its contacts; and on each contact: is this not right? */
import { signal } from "@preact/signals";
import type { ContactLine, Dispute, GroupPart, Sheet } from "../generated/people";
import { sent } from "../people/form";
import { capital, clock, count, date, duration, named } from "../people/speech";
import { dispute, prefers } from "./state";
import { plural, t } from "./words";

const GROUPS_SHOWN = 3;
const LINES_SHOWN = 8;
const EXCUSED_SHOWN = 20;
const KINDS: readonly Dispute["kind"][] = ["wrong_topic", "outage", "angry_about_something_else", "helped_a_colleague", "other"];

/** The contact of which is asked whether it is right. */
const asked = signal<ContactLine | null>(null);
/** The groups of which all contacts are shown. */
const opened = signal<ReadonlySet<string>>(new Set());

const points = (part: number): string => `${part < 0 ? "−" : "+"}${count(Math.abs(part), 1)}`;
const nameOf = (group: GroupPart): string =>
  [group.topic, named("channel", group.channel), named("wait", group.wait)].filter(Boolean).join(" · ");

function outcome(line: ContactLine): string {
  const words = [t("line.took", { observed: duration(line.handle_seconds), expected: duration(line.expected_seconds) })];
  if (line.transferred) words.push(t("line.passed_on"));
  else words.push(t(line.came_back === null ? "line.ripening" : line.came_back ? "line.came_back" : "line.helped"));
  if (line.elsewhere) words.push(t("line.elsewhere"));
  if (line.positive !== null) words.push(t(line.positive ? "line.satisfied" : "line.not_satisfied"));
  return words.join("; ");
}

function Line({ line }: { line: ContactLine }) {
  return (
    <li>
      <div>
        <p>
          {date(line.ended_at)}, {clock(line.ended_at)}
          {prefers("show_number") && <span class="quiet"> {t("line.part", { points: points(line.part) })}</span>}
        </p>
        <p class="quiet">{outcome(line)}</p>
      </div>
      {line.disputed || line.excused ? (
        <p class="quiet">{line.disputed ? t(`disputed.${line.disputed}`) : line.excused && t(`excused.${line.excused}`)}</p>
      ) : (
        <button type="button" class="button" onClick={() => (asked.value = line)}>
          {t("dispute.ask")}
          <span class="unseen">
            {date(line.ended_at)}, {clock(line.ended_at)}
          </span>
        </button>
      )}
    </li>
  );
}

/** What the contacts of a group come to, in natural units. */
function Sum({ lines }: { lines: readonly ContactLine[] }) {
  const counted = lines.filter((line) => line.disputed === "" || line.disputed === "rejected");
  const known = counted.filter((line) => line.came_back !== null);
  if (counted.length === 0) return null;
  const mean = (of: (line: ContactLine) => number): string => duration(counted.reduce((sum, line) => sum + of(line), 0) / counted.length);
  const values = {
    n: count(known.length),
    back: count(known.filter((line) => line.came_back).length),
    back_expected: count(known.reduce((sum, line) => sum + line.expected_coming_back, 0), 1),
    took: mean((line) => line.handle_seconds),
    took_expected: mean((line) => line.expected_seconds),
  };
  return (
    <p>
      {known.length > 0 && t("group.came_back", values)} {t("group.took", values)}
    </p>
  );
}

function Group({ group, lines }: { group: GroupPart; lines: readonly ContactLine[] }) {
  const name = nameOf(group);
  const shown = opened.value.has(name) ? lines : lines.slice(0, LINES_SHOWN);
  return (
    <details>
      <summary>
        <span>{capital(name)}</span>
        <span class="quiet">
          {plural("group.one", "group.contacts", group.contacts)}
          {prefers("show_number") && ` · ${t("line.part", { points: points(group.part) })}`}
        </span>
      </summary>
      <Sum lines={lines} />
      <ul class="lines">
        {shown.map((line) => (
          <Line key={line.contact} line={line} />
        ))}
      </ul>
      {lines.length > shown.length && (
        <button type="button" class="button" onClick={() => (opened.value = new Set([...opened.value, name]))}>
          {t("group.more", { n: count(lines.length - shown.length) })}
        </button>
      )}
      {lines.length === 0 && <p class="quiet">{t("group.older")}</p>}
    </details>
  );
}

function Side({ title, groups, sheet }: { title: string; groups: readonly GroupPart[]; sheet: Sheet }) {
  // What is disputed weighs nothing, and still comes first: it is what the agent did something about.
  const order = (one: ContactLine, other: ContactLine, sign: number): number =>
    Number(other.disputed !== "") - Number(one.disputed !== "") || sign * (other.part - one.part);
  const inGroup = (group: GroupPart) =>
    sheet.lines
      .filter((line) => line.topic === group.topic && line.channel === group.channel && line.wait === group.wait)
      .sort((one, other) => order(one, other, group.part < 0 ? -1 : 1));
  return (
    <div>
      <h3>{title}</h3>
      {groups.length === 0 && <p class="quiet">{t("reasons.none")}</p>}
      {groups.map((group) => (
        <Group key={nameOf(group)} group={group} lines={inGroup(group)} />
      ))}
    </div>
  );
}

function open(element: HTMLDialogElement | null): void {
  if (element && !element.open) element.showModal();
}

function Ask() {
  const line = asked.value;
  if (!line) return null;
  const close = (): void => void (asked.value = null);
  const send = async (event: SubmitEvent): Promise<void> => {
    const value = sent(event);
    if (await dispute(line.contact, value("kind") as Dispute["kind"], value("words"))) close();
  };
  return (
    <dialog ref={open} onClose={close} aria-labelledby="ask" class="card">
      <form onSubmit={(event) => void send(event)}>
        <h2 id="ask">{t("dispute.ask")}</h2>
        <p class="quiet">
          {date(line.ended_at)}, {clock(line.ended_at)} · {outcome(line)}
        </p>
        <fieldset>
          <legend class="unseen">{t("dispute.why")}</legend>
          {KINDS.map((kind, place) => (
            <label key={kind}>
              <input type="radio" name="kind" value={kind} defaultChecked={place === 0} /> {t(`dispute.${kind}`)}
            </label>
          ))}
        </fieldset>
        <label class="field">
          {t("dispute.words")}
          <textarea name="words" rows={3} maxLength={500} />
        </label>
        <p class="quiet">{t("dispute.what_follows")}</p>
        <div class="actions">
          <button type="submit" class="button main">
            {t("dispute.send")}
          </button>
          <button type="button" class="button" onClick={close}>
            {t("say.cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** What is charged to nobody, and so not to me. */
function Excused({ sheet }: { sheet: Sheet }) {
  const total = Object.values(sheet.excused).reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  return (
    <details>
      <summary>
        <span>{plural("excused.one", "excused.title", total)}</span>
        <span class="quiet">
          {Object.entries(sheet.excused)
            .map(([why, n]) => `${named("excused", why)}: ${count(n)}`)
            .join(" · ")}
        </span>
      </summary>
      <ul class="lines">
        {sheet.lines
          .filter((line) => line.excused)
          .slice(0, EXCUSED_SHOWN)
          .map((line) => (
            <Line key={line.contact} line={line} />
          ))}
      </ul>
    </details>
  );
}

export function Reasons({ sheet }: { sheet: Sheet }) {
  const sorted = [...sheet.groups].sort((one, other) => other.part - one.part);
  const plus = sorted.filter((group) => group.part > 0).slice(0, GROUPS_SHOWN);
  const minus = sorted.filter((group) => group.part < 0).slice(-GROUPS_SHOWN).reverse();
  return (
    <section class="card" aria-labelledby="reasons">
      <h2 id="reasons">{t("reasons.title")}</h2>
      <p class="quiet">{t("reasons.sum")}</p>
      <div class="sides">
        <Side title={t("reasons.plus")} groups={plus} sheet={sheet} />
        <Side title={t("reasons.minus")} groups={minus} sheet={sheet} />
      </div>
      <Excused sheet={sheet} />
      <Ask />
    </section>
  );
}
