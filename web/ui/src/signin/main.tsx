/** The page to sign in at: a click for each role in the demo, the organisation's provider, a name and a password. */
import "./page.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { Mark } from "../parts/shapes";
import { language } from "../people/looks";
import { ask, begin, session, type Person, type Role, type Session, type Ways } from "../people/session";
import { ready, speaker, speakFrom } from "../people/speech";
import { refused, refusedWith, tried } from "../people/trying";
import type catalogue from "./catalogue/en.json";
import { ownPage } from "./next";

const { t } = speaker<keyof typeof catalogue>();
const asked = new URLSearchParams(location.search);
const next = ownPage(asked.get("next"));
const busy = signal(false);

async function attempt(act: () => Promise<void>) {
  busy.value = true;
  await tried(act);
  busy.value = false;
}

const enter = (path: string, body: unknown) =>
  attempt(async () => {
    const entered = await ask<Session>("POST", path, body);
    location.assign(next ?? entered.person?.home ?? "/");
  });

const leave = (everywhere: boolean) =>
  attempt(async () => {
    await ask("POST", "/api/v1/sign-out", { everywhere });
    await begin();
  });

/** A code opened the account: a password is to be chosen now. */
const choosing = signal(false);
const CHOOSE_FIRST = 409;

async function signIn(event: SubmitEvent) {
  event.preventDefault();
  const given = new FormData(event.currentTarget as HTMLFormElement);
  const chosen = given.get("new");
  await enter("/api/v1/sign-in", {
    login: String(given.get("login")),
    password: String(given.get("password")),
    ...(chosen === null ? {} : { new: String(chosen) }),
  });
  if (refusedWith.value === CHOOSE_FIRST) choosing.value = true;
}

type Played = Exclude<Role, "display">;

function Roles({ roles }: { readonly roles: readonly Role[] }) {
  return (
    <section class="roles">
      <h2>{t("demo.title")}</h2>
      <p>{t("demo.text")}</p>
      <ul>
        {roles.map((role) => (
          <li key={role}>
            <button type="button" disabled={busy.value} onClick={() => void enter("/api/v1/sign-in/demo", { role })}>
              <strong>{t(`role.${role as Played}`)}</strong>
              <span>{t(`role.${role as Played}.text`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Password() {
  return (
    <form onSubmit={(event) => void signIn(event)}>
      <label>
        {t("login")}
        <input name="login" autocomplete="username" autocapitalize="none" spellcheck={false} required />
      </label>
      <label>
        {t("password")}
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      {choosing.value && (
        <label>
          {t("new_password")}
          <input ref={(field) => field?.focus()} name="new" type="password" minLength={12} autocomplete="new-password" required />
        </label>
      )}
      <button type="submit" class="chief" disabled={busy.value}>
        {t(busy.value ? "working" : "submit")}
      </button>
    </form>
  );
}

function SignedIn({ person }: { readonly person: Person }) {
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

function Doors({ ways }: { readonly ways: Ways }) {
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

/** What went wrong on the way back from the provider, unless something newer did. */
function Problem() {
  const came = asked.get("problem");
  const known = came === "provider" || came === "no_role" ? t(`problem.${came}`) : "";
  return (
    <p class="problem" role="alert">
      {refused.value || known}
    </p>
  );
}

function Page() {
  const { value } = session;
  if (!ready()) return null;
  const other = language.value === "nl" ? "en" : "nl";
  document.title = t("tab");
  return (
    <>
      <header>
        <p class="site">
          <Mark /> {value?.site ?? "Balans"}
        </p>
        <button type="button" lang={other} onClick={() => (language.value = other)}>
          {t("other_language")}
        </button>
      </header>
      <main>
        <h1>{t("title")}</h1>
        <Problem />
        {value?.person && <SignedIn person={value.person} />}
        {value && <Doors ways={value.ways} />}
      </main>
    </>
  );
}

speakFrom({ nl: () => import("./catalogue/nl.json"), en: () => import("./catalogue/en.json") });
const place = document.getElementById("page");
if (place) render(<Page />, place);
void tried(begin);
