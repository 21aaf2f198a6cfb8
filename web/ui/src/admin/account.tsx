/** One account: what it may, whether it is open, a code for who cannot sign in, and removal. */
import { signal } from "@preact/signals";
import { moment } from "../people/speech";
import { refused } from "../people/trying";
import { Grants } from "./grants";
import { accounts, change, chosen, code, drop, giveCode, type Account } from "./state";
import { submitted, text, words } from "./submitted";
import { t } from "./words";

/** Whether removal was asked once: it happens when it is asked twice. */
const leaving = signal(false);

function open(element: HTMLDialogElement | null): void {
  if (element && !element.open) element.showModal();
}

function close(): void {
  chosen.value = null;
  code.value = null;
  leaving.value = false;
  refused.value = "";
}

function May({ one }: { readonly one: Account }) {
  const send = async (given: FormData): Promise<boolean> => {
    const may = { roles: words(given, "role"), teams: words(given, "team"), agent: text(given, "agent") || null };
    if (await change(one.account, { name: text(given, "name"), ...may })) close();
    return false;
  };
  return (
    <form onSubmit={submitted(send)}>
      <label class="field">
        {t("accounts.name")}
        <input name="name" required maxLength={200} autocomplete="off" defaultValue={one.name} />
      </label>
      <Grants roles={one.roles} teams={one.teams} agent={one.agent ?? ""} />
      {one.by === "provider" && <p class="quiet">{t("account.of_provider")}</p>}
      <div class="actions">
        <button type="submit" class="button main">
          {t("account.keep")}
        </button>
        <button type="button" class="button" onClick={close}>
          {t("say.cancel")}
        </button>
      </div>
    </form>
  );
}

function Code() {
  const given = code.value;
  return (
    <div role="status">
      {given && (
        <div class="code">
          <p>{t("account.code_words", { until: moment(Date.parse(given.until)) })}</p>
          <p class="word">
            <code>{given.code}</code>
          </p>
        </div>
      )}
    </div>
  );
}

function Rest({ one }: { readonly one: Account }) {
  const remove = async (): Promise<void> => {
    if (!leaving.value) leaving.value = true;
    else if (await drop(one.account)) close();
  };
  return (
    <>
      <div class="actions apart">
        {one.by !== "provider" && (
          <button type="button" class="button" onClick={() => void giveCode(one.account)}>
            {t("account.code")}
          </button>
        )}
        <button type="button" class="button" onClick={() => void change(one.account, { closed: !one.closed_at })}>
          {t(one.closed_at ? "account.open" : "account.close")}
        </button>
        <button type="button" class="button" onClick={() => void remove()}>
          {t(leaving.value ? "account.remove_surely" : "account.remove")}
        </button>
      </div>
      {leaving.value && <p class="quiet">{t("account.remove_words")}</p>}
    </>
  );
}

export function Chosen() {
  const one = accounts.value.find((account) => account.account === chosen.value);
  if (!one) return null;
  return (
    <dialog ref={open} onClose={close} aria-labelledby="account" class="card">
      <h2 id="account">{one.name}</h2>
      <p class="quiet">{t("account.login", { login: one.login })}</p>
      {refused.value && (
        <p class="said" role="alert">
          {t("say.failed", { why: refused.value })}
        </p>
      )}
      <Code />
      <May key={one.account} one={one} />
      <Rest one={one} />
    </dialog>
  );
}
