/** Starts the page of screens and accounts: a lead lets screens in, an admin looks after accounts as well. */
import "./admin.css";
import { effect } from "@preact/signals";
import { Frame, Instead } from "../people/frame";
import { start } from "../people/start";
import { session } from "../people/session";
import { Accounts, Log, NewAccount } from "./accounts";
import { Password } from "./password";
import { Screens } from "./screens";
import { administers, displays, load } from "./state";
import { t } from "./words";

function Page() {
  return (
    <Frame title={t("title")}>
      <div class="columns">
        {administers() && <Accounts />}
        {administers() && <NewAccount />}
        <Screens />
        {administers() && <Log />}
        {session.value?.ways.local && <Password />}
      </div>
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
