/** Roles, smallest first, with what each may do. */

import type { MemberView } from "../../api/client";
import type { Role } from "../../state/session";

export const ROLES = ["viewer", "operator", "commander", "admin"] as const satisfies readonly Role[];
export const STATUSES = ["invited", "active", "removed"] as const satisfies readonly MemberView["status"][];

export const ROLE_CHOICES: readonly (readonly [Role, string])[] = [
  ["viewer", "viewer: sees everything, changes nothing"],
  ["operator", "operator: flies, streams, debugs"],
  ["commander", "commander: also firmware, and takes over from others"],
  ["admin", "admin: also people, settings, pairing"],
];
