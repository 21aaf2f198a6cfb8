/** The head of the page: where we are, what time it is there, whether it is live, and how the viewer wants to see it. */
import { firstOf } from "../board";
import type { Header } from "../generated/board";
import { defines } from "../lead";
import { board, fresh, gone, language, lost, now, old, rotating, scale, SCALES, shownBoard, theme } from "../state";
import { clock, day, duration, t } from "../text";
import { Icon, Mark, Shape } from "./shapes";

function Freshness() {
  const behind = board.value && firstOf(board.value, "sources")?.behind_seconds;
  if (gone.value) return null;
  if (fresh.value && behind) {
    return (
      <p class="fresh" data-tone="watch">
        <Shape tone="watch" />
        {t("fresh.behind", { time: duration(behind) })}
      </p>
    );
  }
  if (fresh.value) {
    return (
      <p class="fresh" data-tone="good">
        <Shape tone="good" />
        {t("fresh.live")}
      </p>
    );
  }
  return (
    <p class="fresh" data-tone="act">
      <Shape tone="act" />
      {t(lost.value ? "fresh.lost" : old.value ? "fresh.old" : "fresh.connecting")}
    </p>
  );
}

/** Says loudly that what is seen is not now. */
export function Alarm() {
  const held = board.value;
  const time = held ? clock(held.at, true) : "";
  const sentence = !held
    ? lost.value && t("lost.never")
    : lost.value
      ? t("lost.since", { time })
      : old.value && t("old.since", { time });
  return (
    <div role="alert" class="alarm" hidden={!sentence}>
      {sentence && (
        <p>
          <Shape tone="act" />
          {sentence}
        </p>
      )}
    </div>
  );
}

const THEMES = ["auto", "light", "dark"] as const;

function next<T>(values: readonly T[], value: T, step = 1): T {
  const place = values.indexOf(value) + step;
  return values[(place + values.length) % values.length] ?? value;
}

function fullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
}

function Controls() {
  const other = language.value === "nl" ? "en" : "nl";
  const size = SCALES.indexOf(scale.value);
  const resize = (step: number): void => void (scale.value = SCALES[size + step] ?? scale.value);
  return (
    <div class="controls" role="group" aria-label={t("controls.title")}>
      <button type="button" lang={other} onClick={() => (language.value = other)}>
        {t("controls.other_language")}
      </button>
      <button type="button" disabled={size === 0} aria-label={t("controls.smaller")} onClick={() => resize(-1)}>
        <span aria-hidden="true" class="letter small">{t("controls.letter")}</span>
      </button>
      <button type="button" disabled={size === SCALES.length - 1} aria-label={t("controls.larger")} onClick={() => resize(1)}>
        <span aria-hidden="true" class="letter">{t("controls.letter")}</span>
      </button>
      <button
        type="button"
        title={t(`theme.${theme.value}`)}
        aria-label={`${t("controls.theme")}: ${t(`theme.${theme.value}`)}`}
        onClick={() => (theme.value = next(THEMES, theme.value))}
      >
        <Icon name="theme" />
      </button>
      {document.fullscreenEnabled && (
        <button type="button" aria-label={t("controls.full_screen")} onClick={fullScreen}>
          <Icon name="screen" />
        </button>
      )}
      {defines.value && (
        <a href={`/boards#${shownBoard.value}`} aria-label={t("controls.define")}>
          <Icon name="edit" />
        </a>
      )}
    </div>
  );
}

/** Which of the boards in turn this is. */
function Turn() {
  const boards = rotating.value?.boards;
  if (!boards) return null;
  const place = boards.indexOf(shownBoard.value);
  return (
    <p class="turn" role="img" aria-label={t("rotation.place", { n: place + 1, all: boards.length })}>
      {boards.map((board, at) => (
        <span key={board} data-here={at === place} />
      ))}
    </p>
  );
}

export function HeaderView({ header }: { header: Header | null }) {
  return (
    <header class="head">
      <div class="place">
        <Mark />
        <div>
          <h1>{header?.title || t("page.title")}</h1>
          {header && header.site !== header.title && <p class="site">{header.site}</p>}
        </div>
        {header?.demo && <p class="demo">{t("page.demo")}</p>}
      </div>
      <Turn />
      <Controls />
      <Freshness />
      {header && (
        <p class="now">
          <span class="day">{day(now.value)}</span>
          <time class="clock">{clock(now.value)}</time>
        </p>
      )}
    </header>
  );
}
