/** A page that is open for weeks renews itself when the server has a newer one, and pairs again when it was sent away. */
import { forgetWall, pairedWall } from "./paired";

/** Asks for this page again. It is loaded anew only when the server answers with another build, so that a screen never
    ends on the browser's own page of errors. */
export async function renew(): Promise<void> {
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    const sentAway = answer.redirected || answer.status === 401 || answer.status === 403;
    if (sentAway && pairedWall() !== null) {
      forgetWall();
      location.replace("/tv");
    } else if (sentAway || (answer.ok && !(await answer.text()).includes(ownScript()))) {
      location.reload();
    }
  } catch {
    // Not reachable: the connection tries again, and then this does too.
  }
}

/** The address of the script that the page came with. */
function ownScript(): string {
  return document.querySelector('script[type="module"][src]')?.getAttribute("src") ?? "";
}
