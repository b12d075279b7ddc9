/** Kinds and states of sagas, as the API takes them. */

import type { SagaView } from "../../api/client";

export const KINDS = [
  "dock",
  "pairing",
  "mission",
  "auto-stream",
  "flight",
  "recurring",
  "firmware-rollout",
  "firmware",
  "relay",
  "webhook",
  "areas",
  "debug",
  "licences",
  "property",
  "custom-data",
  "logs",
  "log-list",
  "retention",
  "media",
  "org-export",
  "org-deletion",
] as const;

type Status = NonNullable<SagaView["status"]>;

export const STATUSES = [
  "Running",
  "Completed",
  "Failed",
  "Canceled",
  "Terminated",
  "ContinuedAsNew",
  "TimedOut",
] as const satisfies readonly Status[];

/** `ContinuedAsNew` as `continued as new`. */
export const statusWord = (status: Status): string => status.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
