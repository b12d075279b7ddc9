/** Why a dock cannot be told something now, in words for a button. The API decides; this spares a refusal. Pure. */

import type { DockView } from "../../api/client";
import { lacksRole, me } from "../../state/session";

const DEBUG_HOLDER = (sn: string): string => `debug/${sn}`;

/** For what needs the dock to be here. */
export function awayOf(view: DockView): string | undefined {
  return lacksRole("operator") ?? (view.online ? undefined : "The dock is offline.");
}

/** For what is refused in flight, and while somebody else works with the dock. */
export function notNowOf(view: DockView): string | undefined {
  const away = awayOf(view);
  if (away) return away;
  if (view.status === "flying") return "The aircraft flies.";
  if (view.status === "in_operation") return "The dock works on a flight.";
  if (view.status === "upgrading") return "Firmware is being installed.";
  const lease = view.lease;
  // Who took the dock lends it to what they start
  const mine = lease?.kind === "person" && lease.user === me.value?.user;
  if (lease && !mine && lease.holder !== DEBUG_HOLDER(view.sn))
    return `Held by ${lease.user || lease.holder}${lease.reason ? `: ${lease.reason}` : ""}.`;
  return undefined;
}
