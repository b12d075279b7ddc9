/** Who is signed in, asked again: a role that the desk changes shows within moments, not with the next sign-in. */

import { answer, api } from "../api/client";
import { me } from "./session";

const EVERY = 15_000; // ms

/** Keep `me` true while somebody is signed in; the returned function ends it. A token that ended signs out by itself. */
export function followMe(): () => void {
  const look = async () => {
    if (document.hidden) return;
    try {
      const found = await answer(api.GET("/v1/me"));
      if (JSON.stringify(found) !== JSON.stringify(me.value)) me.value = found;
    } catch {
      // Not reached: the shell says so already. What the API enforces does not depend on what is shown.
    }
  };
  const timer = setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
  };
}
