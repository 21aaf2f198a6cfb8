/** What all pages of people have around them: where one is, where one may go, how one sees it, and that it is a demo. */
import type { ComponentChildren } from "preact";
import { Icon, Mark } from "../parts/shapes";
import { language, theme, THEMES } from "./looks";
import { leave, session, type Role } from "./session";
import { speaker, type SharedKey } from "./speech";
import { refused } from "./trying";

const { t } = speaker<never>();

const PLACES: readonly { path: string; key: SharedKey; for: readonly Role[] | "anyone" }[] = [
  { path: "/me", key: "place.me", for: ["agent"] },
  { path: "/team", key: "place.team", for: ["lead"] },
  { path: "/outages", key: "place.outages", for: ["operations"] },
  { path: "/privacy", key: "place.privacy", for: "anyone" },
  { path: "/admin", key: "place.admin", for: ["lead", "admin"] },
];

function Places() {
  const roles = session.value?.person?.roles ?? [];
  const open = PLACES.filter((place) => place.for === "anyone" || place.for.some((role) => roles.includes(role)));
  return (
    <nav aria-label={t("frame.places")}>
      {open.map((place) => (
        <a key={place.path} href={place.path} aria-current={location.pathname === place.path ? "page" : undefined}>
          {t(place.key)}
        </a>
      ))}
      <a href="/">{t("place.wall")}</a>
    </nav>
  );
}

function Controls() {
  const other = language.value === "nl" ? "en" : "nl";
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "auto";
  return (
    <div class="controls" role="group" aria-label={t("frame.display")}>
      <button type="button" lang={other} onClick={() => (language.value = other)}>
        {t("frame.other_language")}
      </button>
      <button
        type="button"
        title={t(`theme.${theme.value}`)}
        aria-label={`${t("frame.theme")}: ${t(`theme.${theme.value}`)}`}
        onClick={() => (theme.value = next)}
      >
        <Icon name="theme" />
      </button>
      {session.value?.person && (
        <button type="button" onClick={() => void leave()}>
          {t("frame.leave")}
        </button>
      )}
    </div>
  );
}

export function Frame({ title, children }: { title: string; children: ComponentChildren }) {
  const now = session.value;
  document.title = `${title} · Balans`;
  return (
    <div class="page">
      <a class="skip" href="#content">
        {t("frame.skip")}
      </a>
      <header class="top">
        <div class="place">
          <Mark />
          <div>
            <h1>{title}</h1>
            <p class="site">{[now?.person?.name, now?.site].filter(Boolean).join(" · ")}</p>
          </div>
        </div>
        <Places />
        <Controls />
        {now?.demo && <p class="demo">{t("frame.demo")}</p>}
      </header>
      <main id="content">
        <p class="said" role="alert" hidden={!refused.value}>
          {refused.value && t("say.failed", { why: refused.value })}
        </p>
        {children}
      </main>
    </div>
  );
}

/** Instead of a page that cannot be shown. */
export function Instead({ sentence }: { sentence: string }) {
  return (
    <section class="card instead" role="status">
      <p>{sentence}</p>
    </section>
  );
}
