/** What would help now, what went well, and how the sources are. */
import type { Advice, GoodNews, Notices, SourceState, Sources } from "../generated/board";
import type { Tone } from "../standing";
import { clock, count, duration, isKey, plural, t } from "../text";
import { Icon, Shape } from "./shapes";

const SOURCE_TONES: Record<SourceState["state"], Tone> = { up: "good", lost: "act", silent: "watch", stopped: "idle" };

export function AdviceView({ advice }: { advice: Advice }) {
  const key = `advice.${advice.message}`;
  if (!isKey(key)) return null;
  const channel = `channel.${advice.values["channel"]}`;
  return (
    <p class="advice" aria-live="polite">
      <Icon name="advice" />
      <span>{t(key, { ...advice.values, ...(isKey(channel) && { channel: t(channel) }) })}</span>
    </p>
  );
}

const NOTICES_SHOWN = 2;

/** What a lead wants known, in the centre's own words; of an outage since when, and of which queues. */
export function NoticesView({ notices: { notices } }: { notices: Notices }) {
  const more = notices.length - NOTICES_SHOWN;
  return (
    <ul class="notices">
      {notices.slice(0, NOTICES_SHOWN).map(({ kind, text, since, queues }, place) => (
        <li key={place} data-tone={kind === "outage" ? "watch" : "none"}>
          <Icon name={kind} />
          <span>
            <span class="kind">
              {t(`notice.${kind}`)}
              {since !== null && ` ${t("notice.since", { time: clock(since) })}`}
            </span>
            {` ${text}`}
            {queues.length > 0 && <span class="concerned"> ({queues.join(", ")})</span>}
          </span>
        </li>
      ))}
      {more > 0 && <li class="more">{plural("notice.one_more", "notice.more", more)}</li>}
    </ul>
  );
}

/** Today's thanks; `short`: only how many, because something else needs the room. */
export function GoodNewsView({ news, short }: { news: GoodNews; short: boolean }) {
  if (news.compliments === 0) return null;
  return (
    <section class="news">
      <h2>
        <Icon name="thanks" />
        {plural("news.compliments.one", "news.compliments.other", news.compliments)}
      </h2>
      <ul class="thanks">
        {news.texts.slice(0, short ? 0 : 2).map((text) => (
          <li key={text}>
            <q>{text}</q>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Says calmly that what is seen is a while ago, and that it is being caught up. */
export function Behind({ sources }: { sources: Sources | null }) {
  const seconds = sources?.behind_seconds ?? null;
  return (
    <p role="status" class="behind" hidden={seconds === null}>
      {sources && seconds !== null && (
        <>
          <Shape tone="watch" />
          {t("behind.since", { time: duration(seconds), events: count(sources.events_waiting) })}
        </>
      )}
    </p>
  );
}

function CannotTell({ words }: { words: readonly string[] }) {
  const known = words.flatMap((word) => {
    const key = `cannot_tell.${word}`;
    return isKey(key) ? [t(key)] : [];
  });
  if (words.length === 0) return null;
  return <span class="cannot">{known.length > 0 ? t("source.cannot_tell", { what: known.join(", ") }) : t("source.cannot_tell_all")}</span>;
}

export function SourcesView({ sources }: { sources: Sources }) {
  return (
    <section class="sources">
      <h2>{t("sources.title")}</h2>
      <ul>
        {sources.sources.map(({ source, state, since, cannot_tell }) => (
          <li key={source} data-tone={SOURCE_TONES[state]}>
            <Shape tone={SOURCE_TONES[state]} />
            <span class="source">{source}</span>
            <span>
              {state !== "up" && since !== null
                ? t("source.since", { state: t(`source.${state}`), time: clock(since) })
                : t(`source.${state}`)}
            </span>
            <CannotTell words={cannot_tell} />
          </li>
        ))}
      </ul>
    </section>
  );
}
