/** The page to sign in at: a click for each role in the demo, the organisation's provider, a name and a password. */
import "./page.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { chosenLanguage, filled, type Language } from "../language";
import { ask, ownPage, Refused, type PersonRole, type Session } from "../session";
import en from "./catalogue/en.json";
import nl from "./catalogue/nl.json";

type Key = keyof typeof en;
const LANGUAGE = "balans.language";

const language = signal<Language>(chosenLanguage([localStorage.getItem(LANGUAGE) ?? "", ...navigator.languages]));
const session = signal<Session | null>(null);
const problem = signal("");
const busy = signal(false);

const t = (key: Key, values: Record<string, string> = {}) =>
  filled((language.value === "nl" ? nl : en)[key], values);
const wanted = new URLSearchParams(location.search);
const next = ownPage(wanted.get("next"));

/** Does it, and says what went wrong. */
async function attempt(act: () => Promise<void>) {
  busy.value = true;
  problem.value = "";
  try {
    await act();
  } catch (error) {
    problem.value = error instanceof Refused ? error.message : t("problem.network");
  } finally {
    busy.value = false;
  }
}

const enter = (path: string, body: unknown) =>
  attempt(async () => {
    const csrf = session.value?.csrf ?? null;
    const entered = await ask<Session>("POST", path, { body, csrf, language: language.value });
    location.assign(next ?? entered.person?.home ?? "/");
  });

const leave = (everywhere: boolean) =>
  attempt(async () => {
    const csrf = session.value?.csrf ?? null;
    await ask("POST", "/api/v1/sign-out", { body: { everywhere }, csrf, language: language.value });
    session.value = await ask<Session>("GET", "/api/v1/session");
  });

function signIn(event: SubmitEvent) {
  event.preventDefault();
  const given = new FormData(event.currentTarget as HTMLFormElement);
  void enter("/api/v1/sign-in", { login: String(given.get("login")), password: String(given.get("password")) });
}

function switchLanguage() {
  language.value = language.value === "nl" ? "en" : "nl";
  localStorage.setItem(LANGUAGE, language.value);
  name();
}

function name() {
  document.documentElement.lang = language.value;
  document.title = t("tab");
}

function Roles({ roles }: { readonly roles: readonly PersonRole[] }) {
  return (
    <section class="roles">
      <h2>{t("demo.title")}</h2>
      <p>{t("demo.text")}</p>
      <ul>
        {roles.map((role) => (
          <li key={role}>
            <button type="button" disabled={busy.value} onClick={() => void enter("/api/v1/sign-in/demo", { role })}>
              <strong>{t(`role.${role}`)}</strong>
              <span>{t(`role.${role}.text`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Password() {
  return (
    <form onSubmit={signIn}>
      <label>
        {t("login")}
        <input name="login" autocomplete="username" autocapitalize="none" spellcheck={false} required />
      </label>
      <label>
        {t("password")}
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      <button type="submit" class="chief" disabled={busy.value}>
        {t(busy.value ? "working" : "submit")}
      </button>
    </form>
  );
}

function SignedIn({ person }: { readonly person: NonNullable<Session["person"]> }) {
  return (
    <section class="here">
      <p>{t("signed_in", { name: person.name })}</p>
      <p class="ways">
        <a class="chief" href={next ?? person.home}>
          {t("go_on")}
        </a>
        <button type="button" disabled={busy.value} onClick={() => void leave(false)}>
          {t("sign_out")}
        </button>
        <button type="button" disabled={busy.value} onClick={() => void leave(true)}>
          {t("sign_out_everywhere")}
        </button>
      </p>
    </section>
  );
}

function Ways({ ways }: { readonly ways: Session["ways"] }) {
  const any = ways.local || ways.oidc || ways.demo.length > 0;
  return (
    <>
      {ways.demo.length > 0 && <Roles roles={ways.demo} />}
      {ways.oidc && (
        <a class="chief" href={`/sign-in/oidc${next ? `?next=${encodeURIComponent(next)}` : ""}`}>
          {t("oidc", { name: ways.oidc })}
        </a>
      )}
      {ways.oidc && ways.local && <p class="or">{t("or")}</p>}
      {ways.local && <Password />}
      {!any && <p>{t("nobody")}</p>}
    </>
  );
}

function Page() {
  const { value } = session;
  return (
    <>
      <header>
        <p class="site">{value?.site ?? "Balans"}</p>
        <button type="button" lang={language.value === "nl" ? "en" : "nl"} onClick={switchLanguage}>
          {t("other_language")}
        </button>
      </header>
      <main>
        <h1>{t("title")}</h1>
        <p class="problem" role="alert">
          {problem.value}
        </p>
        {value?.person && <SignedIn person={value.person} />}
        {value && <Ways ways={value.ways} />}
      </main>
    </>
  );
}

name();
const came = wanted.get("problem");
if (came === "provider" || came === "no_role") problem.value = t(`problem.${came}`);
const place = document.getElementById("page");
if (place) render(<Page />, place);
ask<Session>("GET", "/api/v1/session").then(
  (found) => (session.value = found),
  () => (problem.value = t("problem.network")),
);
