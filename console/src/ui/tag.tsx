/** One word of state, coloured by what it means. */

export type Tone = "good" | "busy" | "warn" | "bad" | "idle";

export function Tag({ tone, children }: { tone: Tone; children: string }) {
  return <span class={`tag ${tone}`}>{children.replaceAll("_", " ")}</span>;
}

const TONES: Record<string, Tone> = {
  offline: "idle",
  upgrading: "busy",
  in_operation: "busy",
  debug: "warn",
  flying: "good",
  streaming: "good",
  online: "good",
  active: "good",
  running: "busy",
  completed: "good",
  succeeded: "good",
  delivered: "good",
  ok: "good",
  accepted: "good",
  done: "good",
  ready: "good",
  failed: "bad",
  aborted: "bad",
  rejected: "bad",
  refused: "bad",
  cancelled: "idle",
  canceled: "idle",
  missed: "warn",
  paused: "warn",
  halted: "warn",
  "timed out": "bad",
  terminated: "bad",
  attention: "warn",
  partial: "warn",
  unanswered: "warn",
  due: "busy",
  cancelling: "busy",
  uploading: "busy",
  starting: "busy",
  sent: "busy",
};

/** A status of the API as a tag; one that is not known is shown all the same. */
export const StatusTag = ({ status }: { status: string }) => <Tag tone={TONES[status] ?? "idle"}>{status}</Tag>;
