/** What a relay asks, with the time that is left for an answer, and the answers. */

import { useSignal } from "@preact/signals";
import { type Answered, answer, api, type Question, type RelayView } from "../../api/client";
import { now } from "../../state/clock";
import { dockName } from "../../state/docks";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, bound, DockLink, duration, Problem, TextField } from "../../ui";
import { metres, range } from "./words";

type Decision = Answered["decision"];

interface Props {
  relay: RelayView;
  question: Question;
  /** Read the relay again. */
  onTold: () => unknown;
}

export function RelayQuestion({ relay, question, onTold }: Props) {
  const because = useSignal("");
  const told = useSignal<Decision | null>(null);
  const { run, pending, error } = useAction(async (decision: Decision) => {
    told.value = decision;
    const body = { decision, reason: because.value.trim() };
    await answer(api.POST("/v1/relays/{relay_id}/decide", { params: { path: { relay_id: relay.id } }, body }));
    await onTold();
  });
  const leg = relay.legs[question.leg];
  const number = question.leg + 1;
  const role = lacksRole("operator");
  const saying = (decision: Decision) => pending.value && told.value === decision;
  const missing = leg ? metres(leg.end - leg.start) : "its part";
  return (
    <section class="card relays-question" aria-label="Question">
      <h2>Leg {number} was not flown: what now?</h2>
      <p role="alert">
        {dockName(question.dockSn)}: {question.reason}
      </p>
      <p>
        Dock <DockLink sn={question.dockSn} />
        {leg && `, ${range(leg)} of the route`}. What flies goes on, nothing new takes off.
      </p>
      <Deadline until={question.until} />
      <TextField
        label="Reason of your answer"
        {...bound(because)}
        maxLength={500}
        hint="Kept in the audit log; may be empty."
      />
      <div class="row">
        <Button kind="main" onClick={() => run("retry")} pending={saying("retry")} reason={role}>
          Fly it again
        </Button>
        <Button
          onClick={() => run("skip")}
          pending={saying("skip")}
          reason={role}
          confirm={{
            title: "Accept the gap?",
            detail: `Leg ${number}, ${missing} of the route, is not flown; the relay ends as partial.`,
            yes: "Accept the gap",
          }}
        >
          Accept the gap
        </Button>
        <Button
          kind="danger"
          onClick={() => run("abort")}
          pending={saying("abort")}
          reason={role}
          confirm={{
            title: `Abort ${relay.name}?`,
            detail: "Every aircraft comes home, every dock is given back. This cannot be taken back.",
            yes: "Abort the relay",
          }}
        >
          Abort the relay
        </Button>
      </div>
      <Problem error={error.value} />
    </section>
  );
}

function Deadline({ until }: { until: number }) {
  const left = Math.max(0, Math.round((until - now.value) / 1000));
  return (
    <p>
      <span role="timer" class={left < 60 ? "bad" : undefined}>
        {left > 0 ? `${duration(left)} left` : "The time is up"}
      </span>{" "}
      <span class="dim">Without an answer until {new Date(until).toLocaleTimeString()} the relay is aborted.</span>
    </p>
  );
}
