/** Roles, the teams of a lead and the agent of an agent, as a part of a form. */
import { useId } from "preact/hooks";
import type { Role } from "../people/session";
import { directory, ROLES, teams as known } from "./state";
import { t } from "./words";

interface Given {
  readonly roles: readonly Role[];
  readonly teams: readonly string[];
  readonly agent: string;
}

/** The known agents, so that nobody needs to type an id. */
function Agents({ id }: { readonly id: string }) {
  return (
    <datalist id={id}>
      {directory.value.map((one) => (
        <option key={one.agent} value={one.agent}>
          {one.name}
        </option>
      ))}
    </datalist>
  );
}

export function Grants({ roles, teams, agent }: Given) {
  const list = useId();
  const others = teams.filter((team) => !known().includes(team));
  return (
    <>
      <fieldset class="choices">
        <legend>{t("accounts.roles")}</legend>
        {ROLES.map((role) => (
          <label key={role}>
            <input type="checkbox" name="role" value={role} defaultChecked={roles.includes(role)} /> {t(`role.${role}`)}
          </label>
        ))}
      </fieldset>
      {known().length > 0 && (
        <fieldset class="choices">
          <legend>{t("accounts.teams")}</legend>
          {known().map((team) => (
            <label key={team}>
              <input type="checkbox" name="team" value={team} defaultChecked={teams.includes(team)} /> {team}
            </label>
          ))}
        </fieldset>
      )}
      <label class="field">
        {t(known().length > 0 ? "accounts.other_teams" : "accounts.all_teams")}
        <input name="team" autocomplete="off" defaultValue={others.join(" ")} />
      </label>
      <label class="field">
        {t("accounts.agent")}
        <input name="agent" autocomplete="off" spellcheck={false} list={list} defaultValue={agent} />
      </label>
      <Agents id={list} />
    </>
  );
}
