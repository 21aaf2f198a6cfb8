/** Who may sign in: every account, a new one, and what was done to them. */
import { signal } from "@preact/signals";
import { session } from "../people/session";
import { moment } from "../people/speech";
import { Chosen } from "./account";
import { Grants } from "./grants";
import { accounts, chosen, deeds, enrol, roleNames, type Account, type Deed } from "./state";
import { submitted, text, words } from "./submitted";
import { t } from "./words";

const DEEDS_SHOWN = 6;
const allDeeds = signal(false);

const STANDING = { code: "accounts.code_waits", nothing: "accounts.no_password", provider: "accounts.provider" } as const;

function standing(one: Account): string {
  if (one.closed_at) return t("accounts.closed");
  return one.by === "password" || session.value?.demo ? "" : t(STANDING[one.by]);
}

function Line({ one }: { readonly one: Account }) {
  const said = [roleNames(one.roles) || t("accounts.no_role"), one.teams.join(", "), standing(one)];
  return (
    <li data-closed={one.closed_at !== null}>
      <div>
        <p>
          {one.name} <span class="quiet">· {one.login}</span>
        </p>
        <p class="quiet">{said.filter(Boolean).join(" · ")}</p>
      </div>
      <button type="button" class="button" onClick={() => (chosen.value = one.account)}>
        {t("accounts.change")}
        <span class="unseen"> {one.name}</span>
      </button>
    </li>
  );
}

export function Accounts() {
  return (
    <section class="card" aria-labelledby="accounts">
      <h2 id="accounts">{t("accounts.title")}</h2>
      <ul class="lines">
        {accounts.value.map((one) => (
          <Line key={one.account} one={one} />
        ))}
      </ul>
      <Chosen />
    </section>
  );
}

function add(given: FormData): Promise<boolean> {
  return enrol({
    login: text(given, "login"),
    name: text(given, "name"),
    roles: words(given, "role"),
    teams: words(given, "team"),
    agent: text(given, "agent") || null,
  });
}

export function NewAccount() {
  return (
    <section class="card" aria-labelledby="add">
      <h2 id="add">{t("accounts.add")}</h2>
      <p class="quiet">{t("accounts.add_words")}</p>
      <form onSubmit={submitted(add)}>
        <label class="field">
          {t("accounts.name")}
          <input name="name" required maxLength={200} autocomplete="off" />
        </label>
        <label class="field">
          {t("accounts.login")}
          <input name="login" required maxLength={100} autocomplete="off" autocapitalize="none" spellcheck={false} />
        </label>
        <Grants roles={[]} teams={[]} agent="" />
        <div class="actions">
          <button type="submit" class="button main">
            {t("accounts.make")}
          </button>
        </div>
      </form>
    </section>
  );
}

function DeedLine({ one }: { readonly one: Deed }) {
  const whom = one.name || t("log.gone");
  return (
    <li>
      <div>
        <p>{t(`log.${one.done}`, { name: whom, roles: roleNames(one.roles) || t("accounts.no_role") })}</p>
        <p class="quiet">
          {one.by || t("log.command")} · {moment(Date.parse(one.at))}
        </p>
      </div>
    </li>
  );
}

export function Log() {
  const shown = allDeeds.value ? deeds.value : deeds.value.slice(0, DEEDS_SHOWN);
  return (
    <section class="card" aria-labelledby="log">
      <h2 id="log">{t("log.title")}</h2>
      {deeds.value.length === 0 && <p class="quiet">{t("log.none")}</p>}
      <ul class="lines">
        {shown.map((one) => (
          <DeedLine key={`${one.at} ${one.account} ${one.done}`} one={one} />
        ))}
      </ul>
      {deeds.value.length > shown.length && (
        <div class="actions">
          <button type="button" class="button" onClick={() => (allDeeds.value = true)}>
            {t("log.all", { n: deeds.value.length })}
          </button>
        </div>
      )}
    </section>
  );
}
