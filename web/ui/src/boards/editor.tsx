/** One board, filled in. */
import { useEffect, useRef, useState } from "preact/hooks";
import { count, named, percent } from "../people/speech";
import { session } from "../people/session";
import { Notices } from "./notices";
import { Ordered, type Choice } from "./ordered";
import { Preview } from "./preview";
import { address, draft, edit, fill, keep, keepMineOverIt, known, overtaken, page, takeAway, takeTheirs } from "./state";
import { t } from "./words";

const MOST_TILES = 5;

/** Somebody else was first: what they did stays until this person has chosen. */
function Overtaken() {
  if (!overtaken.value) return null;
  return (
    <div class="said overtaken" role="alert">
      <p>{overtaken.value}</p>
      <div class="actions">
        <button type="button" class="button" onClick={takeTheirs}>
          {t("overtaken.theirs")}
        </button>
        <button type="button" class="button" onClick={() => void keepMineOverIt()}>
          {t("overtaken.mine")}
        </button>
      </div>
    </div>
  );
}

function Check({ on, set, label, note }: { on: boolean; set: (on: boolean) => void; label: string; note: string }) {
  return (
    <label class="check">
      <input type="checkbox" checked={on} onChange={(event) => set(event.currentTarget.checked)} />
      <span>
        {label}
        <span class="quiet"> {note}</span>
      </span>
    </label>
  );
}

function Target() {
  const target = draft.value?.form.target ?? null;
  return (
    <label class="field short">
      {t("target.title")}
      <input
        type="number"
        min={1}
        max={100}
        step={1}
        inputMode="numeric"
        value={target === null ? "" : Math.round(100 * target)}
        onInput={({ currentTarget: { value } }) => fill({ target: value === "" ? null : Number(value) / 100 })}
      />
      <span class="quiet">{t("target.how")}</span>
    </label>
  );
}

function term(seconds: number): string {
  if (seconds < 120) return t("term.seconds", { n: count(seconds) });
  return seconds < 7200 ? t("term.minutes", { n: count(seconds / 60) }) : t("term.hours", { n: count(seconds / 3600) });
}

function Queues({ chosen }: { chosen: readonly string[] }) {
  const choices = (page.value?.queues ?? [])
    .filter((one) => one.mine || chosen.includes(one.queue))
    .map((one) => ({
      id: one.queue,
      label: one.label,
      note: [named("channel", one.channel), one.team, t("queues.within", { time: term(one.within_seconds), target: percent(one.target) })]
        .filter(Boolean)
        .join(" · "),
    }));
  return (
    <Ordered
      title={t("queues.title")}
      none={t("queues.all")}
      add={t("queues.add")}
      chosen={chosen}
      choices={choices}
      change={(queues) => fill({ queues: [...queues] })}
    />
  );
}

function Turns({ rotate, seconds }: { rotate: readonly string[]; seconds: number }) {
  const choices: Choice[] = (page.value?.boards ?? []).map((one) => ({ id: one.board, label: one.definition.title || one.board }));
  return (
    <>
      <Ordered
        title={t("turns.title")}
        none={t("turns.none")}
        add={t("turns.add")}
        chosen={rotate}
        choices={choices}
        most={20}
        change={(boards) => fill({ rotate: [...boards] })}
      />
      {rotate.length > 0 && (
        <label class="field short">
          {t("turns.seconds")}
          <input
            type="number"
            required
            min={10}
            max={3600}
            inputMode="numeric"
            value={seconds}
            onInput={({ currentTarget: { value } }) => fill({ rotate_seconds: Math.round(Number(value)) })}
          />
        </label>
      )}
    </>
  );
}

/** What is kept over the configuration's goes, after one more question. */
function Away({ board }: { board: string }) {
  const [asked, ask] = useState(false);
  const origin = known(board)?.origin;
  if (origin === "configuration") return null;
  const made = origin === "made";
  const word = t(made ? "away.remove" : "away.back");
  return (
    <>
      <button type="button" class="button" onClick={() => ask(true)}>
        {word}
      </button>
      {asked && (
        <dialog class="card" ref={opened} onClose={() => ask(false)} aria-label={word}>
          <p>{t(made ? "away.remove_sure" : "away.back_sure")}</p>
          <div class="actions">
            <button
              type="button"
              class="button main"
              onClick={() => {
                ask(false);
                void takeAway();
              }}
            >
              {word}
            </button>
            <button type="button" class="button" onClick={() => ask(false)}>
              {t("say.cancel")}
            </button>
          </div>
        </dialog>
      )}
    </>
  );
}

function opened(dialog: HTMLDialogElement | null): void {
  if (dialog && !dialog.open) dialog.showModal();
}

export function Editor() {
  const now = draft.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  if (!now) return null;
  const { form } = now;
  return (
    <section class="card" aria-labelledby="editor">
      <h2 id="editor" ref={heading} tabIndex={-1}>
        {now.board === null ? t("editor.new") : t("editor.change", { name: known(now.board)?.definition.title || now.board })}
      </h2>
      <Overtaken />
      <Preview />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void keep();
        }}
      >
        <label class="field name">
          {t("editor.title")}
          <input
            value={form.title}
            required={now.board === null}
            maxLength={60}
            placeholder={session.value?.site}
            autocomplete="off"
            onInput={(event) => fill({ title: event.currentTarget.value })}
          />
          <span class="quiet">{t("editor.address", { address: `/wall/${address.value}` })}</span>
        </label>
        <div class="pair">
          <div class="stack">
            <Ordered
              title={t("tiles.title")}
              none={t("tiles.none")}
              add={t("tiles.add")}
              chosen={form.tiles}
              choices={(page.value?.tiles ?? []).map((tile) => ({ id: tile, label: named("measure", tile) }))}
              most={MOST_TILES}
              change={(tiles) => fill({ tiles: [...tiles] })}
            />
            <Target />
            <Check on={form.hide_waiting} set={(on) => fill({ hide_waiting: on })} label={t("hide.title")} note={t("hide.how")} />
            <Check on={form.quiet} set={(on) => fill({ quiet: on })} label={t("quiet.title")} note={t("quiet.how")} />
          </div>
          <div class="stack">
            <Queues chosen={form.queues} />
            <Turns rotate={form.rotate} seconds={form.rotate_seconds} />
          </div>
        </div>
        <Notices notices={now.notices} />
        <div class="actions">
          <button type="submit" class="button main">
            {t("editor.keep")}
          </button>
          <button type="button" class="button" onClick={() => edit(null)}>
            {t("say.cancel")}
          </button>
          {now.board !== null && <Away board={now.board} />}
        </div>
      </form>
    </section>
  );
}
