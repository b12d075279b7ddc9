/** What can be said to a relay: pause, resume, abort. How it stands is what it says itself, never what was asked for. */

import { useSignal } from "@preact/signals";
import { answer, api, type RelayView } from "../../api/client";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, count, Problem } from "../../ui";
import { flies, isOver } from "./words";

type Word = "pause" | "resume" | "abort";

interface Props {
  relay: RelayView;
  /** Read the relay again. */
  onTold: () => unknown;
}

function tell(relay: string, word: Word): Promise<RelayView> {
  const params = { params: { path: { relay_id: relay } } };
  if (word === "pause") return answer(api.POST("/v1/relays/{relay_id}/pause", params));
  if (word === "resume") return answer(api.POST("/v1/relays/{relay_id}/resume", params));
  return answer(api.POST("/v1/relays/{relay_id}/abort", params));
}

/** Why each word is not to be said now. While it asks, it does not say whether it is paused: both may be said then. */
function reasons({ status }: RelayView): Record<Word, string | undefined> {
  const closed =
    lacksRole("operator") ??
    (isOver(status) ? "The relay has ended." : undefined) ??
    (status === "ending" ? "It is ending: every aircraft comes home." : undefined);
  return {
    pause: closed ?? (status === "paused" ? "It is paused already." : undefined),
    resume: closed ?? (status === "paused" || status === "deciding" ? undefined : "It is not paused."),
    abort: closed,
  };
}

export function RelayControls({ relay, onTold }: Props) {
  const told = useSignal<Word | null>(null);
  const { run, pending, error } = useAction(async (word: Word) => {
    told.value = word;
    await tell(relay.id, word);
    await onTold();
  });
  const why = reasons(relay);
  const saying = (word: Word) => pending.value && told.value === word;
  const up = relay.legs.filter(flies).length;
  return (
    <fieldset class="flights-controls" aria-label={`Controls of ${relay.name}`}>
      <div class="row">
        <Button onClick={() => run("pause")} pending={saying("pause")} reason={why.pause}>
          Pause
        </Button>
        <Button onClick={() => run("resume")} pending={saying("resume")} reason={why.resume}>
          Resume
        </Button>
        <Button
          kind="danger"
          onClick={() => run("abort")}
          pending={saying("abort")}
          reason={why.abort}
          confirm={{
            title: `Abort ${relay.name}?`,
            detail: `${up ? `${count(up, "aircraft", "aircraft")} in the air ${up === 1 ? "comes" : "come"} home` : "Nothing is in the air now"}, every dock is given back, and the rest of the route is not flown. This cannot be taken back.`,
            yes: "Abort the relay",
          }}
        >
          Abort
        </Button>
      </div>
      <Problem error={error.value} />
    </fieldset>
  );
}
