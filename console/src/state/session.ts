/** Who is signed in. The token is kept for this tab only, and never stands in a URL. */

import { computed, signal } from "@preact/signals";
import type { MeView } from "../api/schema";

const KEPT_AS = "argus.token";

export type Role = MeView["role"];
const ROLES: Role[] = ["viewer", "operator", "commander", "admin"];

export const token = signal<string | null>(sessionStorage.getItem(KEPT_AS));
export const me = signal<MeView | null>(null);
/** Why the last session ended, for the sign-in page. */
export const endedBecause = signal<string | null>(null);

export const signedIn = computed(() => token.value !== null && me.value !== null);

/** Whether the signed-in person's role allows what needs `least`. The API decides; this only spares a refusal. */
export const may = (least: Role): boolean => me.value !== null && ROLES.indexOf(me.value.role) >= ROLES.indexOf(least);

/** Why something that needs `least` is not offered, as a button's reason; undefined where it is. */
export const lacksRole = (least: Role): string | undefined =>
  may(least) ? undefined : `This needs the role ${least}; yours is ${me.value?.role ?? "none"}.`;

/** Take a token and find out whose it is. Throws Refused where it opens nothing, and keeps nothing then. */
export async function signIn(text: string, ask: () => Promise<MeView>): Promise<void> {
  token.value = text;
  endedBecause.value = null;
  try {
    me.value = await ask();
  } catch (error) {
    token.value = null;
    throw error;
  }
  sessionStorage.setItem(KEPT_AS, text);
}

export function signOut(reason: string | null = null): void {
  sessionStorage.removeItem(KEPT_AS);
  token.value = null;
  me.value = null;
  endedBecause.value = reason;
}
