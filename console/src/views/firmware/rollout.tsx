/** One rollout: its waves and counts, each dock of it, and the words that a commander has for it. */

import { Link } from "wouter-preact";
import { answer, api, type RolloutView } from "../../api/client";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, count, duration, Moment, Problem, ReasonButton, SagaLink, StatusTag } from "../../ui";
import "./firmware.css";
import { PushList } from "./pushes";
import { Report } from "./report";

const OVER = ["completed", "cancelled"];
const COUNTED = ["succeeded", "running", "waiting", "pending", "failed", "skipped", "cancelled"] as const;

export default function Rollout({ params }: { params: { id: string } }) {
  const { id } = params;
  const path = { path: { rollout_id: id } };
  const rollout = useResource(
    () => answer(api.GET("/v1/firmware/rollouts/{rollout_id}", { params: path })),
    [id],
    3000,
  );
  const told = useAction(async (word: "pause" | "resume" | "cancel", reason: string) => {
    const asked = { params: path, body: { reason } };
    if (word === "pause") await answer(api.POST("/v1/firmware/rollouts/{rollout_id}/pause", asked));
    else if (word === "resume") await answer(api.POST("/v1/firmware/rollouts/{rollout_id}/resume", asked));
    else await answer(api.POST("/v1/firmware/rollouts/{rollout_id}/cancel", asked));
    await rollout.refresh();
  });
  const retried = useAction(async (reason: string, sn?: string) => {
    await answer(api.POST("/v1/firmware/rollouts/{rollout_id}/retry", { params: path, body: { reason, sn } }));
    await rollout.refresh();
  });
  const found = rollout.data.value;
  const pending = told.pending.value || retried.pending.value;

  return (
    <div class="pad firmware">
      <p>
        <Link href="/firmware">Firmware</Link>
      </p>
      <h1>{found?.name ?? "Rollout"}</h1>
      <Problem error={rollout.error.value} />
      {found && (
        <>
          <p class="row" aria-live="polite">
            <StatusTag status={found.status} /> {found.phase} <Age at={rollout.at.value} oldAfter={15} />
            <SagaLink saga={found.saga} />
          </p>
          {found.reason && <p class="note">{found.reason}</p>}
          <Words found={found} pending={pending} onWord={told.run} onRetry={retried.run} />
          <Problem error={told.error.value ?? retried.error.value} />
          <progress
            max={found.docks}
            value={found.counts.succeeded}
            aria-label={`${found.counts.succeeded} of ${found.docks} docks have succeeded`}
          />
          <ul class="firmware-counts">
            {COUNTED.filter((status) => found.counts[status] > 0).map((status) => (
              <li key={status}>
                {found.counts[status]} <StatusTag status={status} />
              </li>
            ))}
          </ul>
          <div class="firmware-halves">
            <Plan of={found} />
            {found.report && <Report report={found.report} />}
          </div>
          <PushList id={id} over={OVER.includes(found.status)} retrying={pending} onRetry={retried.run} />
        </>
      )}
    </div>
  );
}

interface WordsProps {
  found: RolloutView;
  pending: boolean;
  onWord: (word: "pause" | "resume" | "cancel", reason: string) => unknown;
  onRetry: (reason: string, sn?: string) => unknown;
}

function Words({ found, pending, onWord, onRetry }: WordsProps) {
  const { status, counts } = found;
  const barred = lacksRole("commander");
  const over = OVER.includes(status) ? `The rollout is ${status}.` : undefined;
  const held = status === "paused" || status === "halted";
  return (
    <div class="row">
      <ReasonButton
        title="Pause this rollout?"
        detail="No dock is started any more; those that run go on to their end."
        yes="Pause"
        pending={pending}
        reason={barred ?? over ?? (status === "paused" ? "It is paused." : undefined)}
        onClick={(reason) => onWord("pause", reason)}
      >
        Pause
      </ReasonButton>
      <ReasonButton
        title="Go on with this rollout?"
        detail={
          status === "halted"
            ? `It was halted: ${found.reason ?? found.phase}. Going on accepts the failures that there are.`
            : "The next docks are started."
        }
        yes="Resume"
        pending={pending}
        reason={barred ?? over ?? (held ? undefined : "It is neither paused nor halted.")}
        onClick={(reason) => onWord("resume", reason)}
      >
        Resume
      </ReasonButton>
      <ReasonButton
        kind="danger"
        title="Cancel this rollout?"
        detail="What has not begun is dropped. A dock that has its order cannot be called back, and is followed to its end."
        yes="Cancel the rollout"
        pending={pending}
        reason={barred ?? over}
        onClick={(reason) => onWord("cancel", reason)}
      >
        Cancel rollout
      </ReasonButton>
      <ReasonButton
        title="Retry all that have failed?"
        detail={`${count(counts.failed, "dock is", "docks are")} tried again; a rollout that has ended is opened again. Docks that succeeded are left alone.`}
        yes="Retry them"
        pending={pending}
        reason={barred ?? (counts.failed ? undefined : "No dock has failed.")}
        onClick={(reason) => onRetry(reason)}
      >
        Retry all failed
      </ReasonButton>
    </div>
  );
}

function Plan({ of }: { of: RolloutView }) {
  const { plan } = of;
  const canary = plan.canary ? count(plan.canary, "dock") : plan.canaryPercent ? `${plan.canaryPercent} %` : "none";
  const halts = [
    plan.abortPercent != null && `${plan.abortPercent} % of the docks have failed`,
    plan.abortAfter != null && `${count(plan.abortAfter, "dock has", "docks have")} failed`,
  ].filter(Boolean);
  return (
    <section class="card" aria-label="Plan">
      <h2>Plan</h2>
      <dl class="facts">
        <dt>Packages</dt>
        <dd>
          {of.packages.map((each) => (
            <div key={each.firmwareId}>
              {each.fileName}, {each.target}
            </div>
          ))}
        </dd>
        <dt>Wave</dt>
        <dd>
          {of.wave} of {of.waves}
        </dd>
        <dt>Canary</dt>
        <dd>{canary}</dd>
        <dt>Waves after it</dt>
        <dd>{plan.steps?.length ? `${plan.steps.map((step) => `${step} %`).join(", ")}, the rest` : "the rest"}</dd>
        <dt>At once</dt>
        <dd>{count(plan.atOnce, "dock")}</dd>
        <dt>Soak</dt>
        <dd>{plan.soak ? duration(plan.soak) : "none"}</dd>
        <dt>Halts when more than</dt>
        <dd>{halts.join(", or ") || "never by itself"}</dd>
        <dt>Hours</dt>
        <dd>{plan.window ? `${plan.window.start} to ${plan.window.end}, ${plan.window.zone}` : "any"}</dd>
        <dt>Offline docks</dt>
        <dd>{plan.offline === "wait" ? "are waited for" : "are skipped"}</dd>
        <dt>Tries of a dock</dt>
        <dd>{plan.attempts}</dd>
        <dt>Started</dt>
        <dd>
          <Moment at={of.createdAt} /> by {of.requestedBy}
        </dd>
        <dt>Ended</dt>
        <dd>
          <Moment at={of.endedAt} />
        </dd>
      </dl>
    </section>
  );
}
