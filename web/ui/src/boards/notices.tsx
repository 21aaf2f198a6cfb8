/** Notices and known outages of a board, each until a time if wanted. */
import { Icon } from "../parts/shapes";
import { without, type DraftNotice } from "./draft";
import { fillNotices } from "./state";
import { t } from "./words";

const MOST = 5;
const KINDS = ["notice", "outage"] as const;

export function Notices({ notices }: { notices: readonly DraftNotice[] }) {
  const change = (place: number, next: Partial<DraftNotice>): void =>
    fillNotices(notices.map((one, at) => (at === place ? { ...one, ...next } : one)));
  return (
    <fieldset class="notices">
      <legend>{t("notices.title")}</legend>
      {notices.map((one, place) => (
        <div key={place} class="notice" role="group" aria-label={t("notices.one", { n: place + 1 })}>
          <label class="field">
            {t("notices.kind")}
            <select value={one.kind} onChange={(event) => change(place, { kind: event.currentTarget.value as DraftNotice["kind"] })}>
              {KINDS.map((kind) => (
                <option key={kind} value={kind}>
                  {t(`notices.${kind}`)}
                </option>
              ))}
            </select>
          </label>
          <label class="field words">
            {t("notices.text")}
            <input value={one.text} required maxLength={200} onInput={(event) => change(place, { text: event.currentTarget.value })} />
          </label>
          <label class="field">
            {t("notices.until")}
            <input type="datetime-local" value={one.until} onChange={(event) => change(place, { until: event.currentTarget.value })} />
          </label>
          <button type="button" class="button" aria-label={t("notices.remove", { n: place + 1 })} onClick={() => fillNotices(without(notices, place))}>
            <Icon name="close" />
          </button>
        </div>
      ))}
      {notices.length < MOST && (
        <div class="actions">
          <button type="button" class="button" onClick={() => fillNotices([...notices, { kind: "notice", text: "", until: "" }])}>
            {t("notices.add")}
          </button>
        </div>
      )}
    </fieldset>
  );
}
