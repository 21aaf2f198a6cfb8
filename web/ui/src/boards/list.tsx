/** The boards: where each is, whose it is, and what may be done with it. */
import type { DefinedBoard } from "../generated/definitions";
import { count, moment, named } from "../people/speech";
import { session, zone } from "../people/session";
import { copyOf, draftOf, type Draft } from "./draft";
import { done, edit, page } from "./state";
import { plural, t } from "./words";

const titleOf = (one: DefinedBoard): string => one.definition.title || session.value?.site || one.board;

function contents({ definition }: DefinedBoard): string {
  const queues = definition.queues.length;
  const tiles = definition.tiles.map((tile) => named("measure", tile)).join(", ");
  return `${queues === 0 ? t("list.all_queues") : plural("list.queue", "list.queues", queues)} · ${tiles}`;
}

function Who({ one }: { one: DefinedBoard }) {
  const origin = t(`origin.${one.origin}`);
  const who = one.changed_by !== null && one.changed_at !== null && { name: one.changed_by, moment: moment(one.changed_at) };
  return (
    <p class="quiet">
      {origin}
      {who && <> · {t("list.changed", who)}</>}
    </p>
  );
}

/** The queues that this person may put on a board. */
const mine = (): string[] => (page.peek()?.queues ?? []).filter((one) => one.mine).map((one) => one.queue);

function Line({ one }: { one: DefinedBoard }) {
  const title = titleOf(one);
  return (
    <li>
      <div>
        <p>
          <a href={`/wall/${one.board}`}>{title}</a> <span class="quiet">{`/wall/${one.board}`}</span>
        </p>
        <p class="quiet">{contents(one)}</p>
        <Who one={one} />
        {!one.may_change && <p class="quiet">{t("list.others")}</p>}
      </div>
      <div class="actions">
        {one.may_change && (
          <button type="button" class="button" aria-label={t("list.change_one", { name: title })} onClick={() => edit(draftOf(one, zone()))}>
            {t("list.change")}
          </button>
        )}
        <button
          type="button"
          class="button"
          aria-label={t("list.copy_one", { name: title })}
          onClick={() => edit(copyOf(one, t("list.copy_of", { name: title }), mine(), zone()))}
        >
          {t("list.copy")}
        </button>
      </div>
    </li>
  );
}

const FIRST_TILES = ["waiting", "service_level_ratio", "handle_time_seconds", "helped_ratio", "occupancy_ratio"];

/** An empty board of the queues that are this person's; all of them is said by none. */
function fresh(): Draft {
  const form = {
    title: "",
    queues: mine().length === page.peek()?.queues.length ? [] : mine(),
    tiles: FIRST_TILES,
    target: null,
    hide_waiting: false,
    quiet: false,
    rotate: [],
    rotate_seconds: 60,
  };
  return { board: null, version: 0, form, notices: [] };
}

export function List() {
  const now = page.value;
  if (!now) return null;
  const said = done.value;
  const full = now.boards.length >= now.most_boards;
  return (
    <section class="card" aria-labelledby="boards">
      <div class="between">
        <h2 id="boards">{t("list.title")}</h2>
        <button type="button" class="button main" disabled={full} onClick={() => edit(fresh())}>
          {t("list.new")}
        </button>
      </div>
      <p role="status" class="done">
        {said && t(`done.${said.kind}`, { name: said.title })}
      </p>
      <p class="quiet">{full ? t("list.full", { n: count(now.most_boards) }) : t("list.how")}</p>
      <ul class="lines">
        {now.boards.map((one) => (
          <Line key={one.board} one={one} />
        ))}
      </ul>
    </section>
  );
}
