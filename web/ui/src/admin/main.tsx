/** Starts the page of screens and accounts: a lead lets screens in, an admin looks after accounts as well. */
import { effect } from "@preact/signals";
import { Frame, Instead } from "../people/frame";
import { date, moment } from "../people/speech";
import { start } from "../people/start";
import { session, type Role } from "../people/session";
import { accounts, administers, approve, boards, changePassword, close, displays, enrol, load, revoke } from "./state";
import type { Account } from "./state";
import { t } from "./words";

const ROLES = ["agent", "lead", "operations", "privacy", "admin"] as const satisfies readonly Role[];

/** What was filled in; the form is emptied when it went well. */
function submitted(act: (given: FormData) => Promise<boolean>) {
  return (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    void act(new FormData(form)).then((well) => well && form.reset());
  };
}
const text = (given: FormData, name: string): string => String(given.get(name) ?? "").trim();

function Screens() {
  return (
    <section class="card" aria-labelledby="screens">
      <h2 id="screens">{t("displays.title")}</h2>
      {displays.value.length === 0 && <p class="quiet">{t("displays.none")}</p>}
      <ul class="lines">
        {displays.value.map((one) => (
          <li key={one.display}>
            <div>
              <p>
                {one.label} · {one.boards.join(", ")}
              </p>
              <p class="quiet">
                {t("displays.by", { name: one.approved_by, date: date(Date.parse(one.approved_at)) })} ·{" "}
                {one.seen_at ? t("displays.seen", { moment: moment(Date.parse(one.seen_at)) }) : t("displays.unseen")}
              </p>
            </div>
            <button type="button" class="button" onClick={() => void revoke(one.display)}>
              {t("displays.revoke")}
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={submitted((given) => approve(text(given, "code"), text(given, "label"), given.getAll("board").map(String)))}>
        <label class="field">
          {t("displays.code")}
          <input name="code" required maxLength={12} autocomplete="off" autocapitalize="characters" spellcheck={false} />
        </label>
        <label class="field">
          {t("displays.label")}
          <input name="label" required maxLength={100} />
        </label>
        <fieldset>
          <legend>{t("displays.boards")}</legend>
          {boards.value.map((board, index) => (
            <label key={board.id}>
              <input type="checkbox" name="board" value={board.id} defaultChecked={index === 0} /> {board.title}
            </label>
          ))}
        </fieldset>
        <div class="actions">
          <button type="submit" class="button main">
            {t("displays.approve")}
          </button>
        </div>
      </form>
    </section>
  );
}

function Line({ one }: { readonly one: Account }) {
  const known = ROLES.filter((role) => one.roles.includes(role));
  const words = [known.map((role) => t(`role.${role}`)).join(", ") || t("accounts.no_role"), one.teams.join(", ")];
  return (
    <li>
      <div>
        <p>
          {one.name} <span class="quiet">· {one.login}</span>
        </p>
        <p class="quiet">{[...words, one.closed_at ? t("accounts.closed") : ""].filter(Boolean).join(" · ")}</p>
      </div>
      <button type="button" class="button" onClick={() => void close(one.account, !one.closed_at)}>
        {t(one.closed_at ? "accounts.open" : "accounts.close")}
      </button>
    </li>
  );
}

function add(given: FormData): Promise<boolean> {
  return enrol({
    login: text(given, "login"),
    name: text(given, "name"),
    password: String(given.get("password")),
    roles: given.getAll("role").map(String),
    teams: text(given, "teams").split(/[\s,]+/).filter(Boolean),
    agent: text(given, "agent") || null,
  });
}

function Accounts() {
  return (
    <section class="card" aria-labelledby="accounts">
      <h2 id="accounts">{t("accounts.title")}</h2>
      <ul class="lines">
        {accounts.value.map((one) => (
          <Line key={one.account} one={one} />
        ))}
      </ul>
      <h2>{t("accounts.add")}</h2>
      <form onSubmit={submitted(add)}>
        <label class="field">
          {t("accounts.login")}
          <input name="login" required maxLength={100} autocomplete="off" autocapitalize="none" spellcheck={false} />
        </label>
        <label class="field">
          {t("accounts.name")}
          <input name="name" required maxLength={200} autocomplete="off" />
        </label>
        <label class="field">
          {t("accounts.password")}
          <input name="password" type="password" required minLength={12} autocomplete="new-password" />
        </label>
        <fieldset>
          <legend>{t("accounts.roles")}</legend>
          {ROLES.map((role) => (
            <label key={role}>
              <input type="checkbox" name="role" value={role} /> {t(`role.${role}`)}
            </label>
          ))}
        </fieldset>
        <label class="field">
          {t("accounts.teams")}
          <input name="teams" autocomplete="off" />
        </label>
        <label class="field">
          {t("accounts.agent")}
          <input name="agent" autocomplete="off" spellcheck={false} />
        </label>
        <div class="actions">
          <button type="submit" class="button main">
            {t("accounts.make")}
          </button>
        </div>
      </form>
    </section>
  );
}

function Password() {
  const change = (given: FormData) => changePassword(String(given.get("old")), String(given.get("new")));
  return (
    <section class="card" aria-labelledby="password">
      <h2 id="password">{t("password.title")}</h2>
      <form onSubmit={submitted(change)}>
        <label class="field">
          {t("password.old")}
          <input name="old" type="password" required autocomplete="current-password" />
        </label>
        <label class="field">
          {t("password.new")}
          <input name="new" type="password" required minLength={12} autocomplete="new-password" />
        </label>
        <div class="actions">
          <button type="submit" class="button">
            {t("password.change")}
          </button>
        </div>
      </form>
    </section>
  );
}

function Page() {
  return (
    <Frame title={t("title")}>
      <Screens />
      {administers() && <Accounts />}
      {session.value?.ways.local && <Password />}
    </Frame>
  );
}

start(
  { nl: () => import("./catalogue/nl.json"), en: () => import("./catalogue/en.json") },
  () => <Page />,
  () => (
    <Frame title={t("title")}>
      <Instead sentence={t("say.unreachable")} />
    </Frame>
  ),
);
effect(() => {
  if (session.value?.person && displays.peek().length === 0) void load();
});
