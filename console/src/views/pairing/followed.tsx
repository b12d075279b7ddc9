/** One pairing, from its code to the dock that is here, or to why not. */

import { useEffect } from "preact/hooks";
import { Link } from "wouter-preact";
import { answer, api, type PairingView } from "../../api/client";
import { now } from "../../state/clock";
import { refreshDocks } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { Age, Button, Problem, SagaLink, StatusTag } from "../../ui";
import { QrCode } from "./qr-code";

const OVER: PairingView["status"][] = ["paired", "expired", "cancelled", "failed"];

interface Props {
  id: string;
  /** Content of the code, which the API tells only who started the pairing. */
  qr: string | undefined;
  onEnd: () => void;
}

export function Followed({ id, qr, onEnd }: Props) {
  const path = { params: { path: { pairing_id: id } } };
  const pairing = useResource(() => answer(api.GET("/v1/pairings/{pairing_id}", path)), [id], 1000);
  const cancel = useAction(async () => {
    await answer(api.DELETE("/v1/pairings/{pairing_id}", path));
    await pairing.refresh();
  });
  const found = pairing.data.value;
  const status = found?.status;
  useEffect(() => {
    if (status === "paired") void refreshDocks();
  }, [status]);
  if (!found) return <Problem error={pairing.error.value} />;
  const over = OVER.includes(found.status);
  return (
    <section class="card" aria-label={`Pairing of ${found.displayName}`}>
      <div class="row">
        <h2>{found.displayName}</h2>
        <StatusTag status={found.status} />
        <SagaLink saga={found.saga} />
      </div>
      <Progress of={found} />
      {found.status === "waiting" && <QrCode id={id} text={qr} />}
      {found.refusal && !over && (
        <div class="problem" role="alert">
          <strong>A dock was refused</strong> <span class="code">DJI {found.refusal.code}</span>
          <p>
            {found.refusal.sn}: {found.refusal.meaning}
          </p>
          {found.refusal.cure && <p>{found.refusal.cure}</p>}
        </div>
      )}
      <Problem error={cancel.error.value ?? pairing.error.value} />
      <div class="row">
        {over ? (
          <Button kind="main" onClick={onEnd}>
            Pair another dock
          </Button>
        ) : (
          <>
            <Button
              kind="danger"
              pending={cancel.pending.value}
              confirm={{
                title: "Call the pairing off?",
                detail: "Its code opens nothing any more. A dock that is not bound yet has to be given a new one.",
                yes: "Call it off",
              }}
              onClick={() => cancel.run()}
            >
              Cancel this pairing
            </Button>
            <Button onClick={onEnd}>Back</Button>
          </>
        )}
        <Age at={pairing.at.value} oldAfter={10} />
      </div>
    </section>
  );
}

function Progress({ of }: { of: PairingView }) {
  const dock = of.dockSn ?? "the dock";
  const text: Record<PairingView["status"], string> = {
    starting: "The account and the code are being made.",
    waiting: "Show the code to the dock. It then binds itself, and its aircraft.",
    bound: `${dock} has bound itself${of.aircraftSn ? ` with aircraft ${of.aircraftSn}` : ""}. Waiting until it is online.`,
    paired: `${dock} is paired and online.`,
    expired: "The code has expired, and no dock has used it. Nothing of it is left.",
    cancelled: "It was called off. Nothing of it is left.",
    failed: `It failed: ${of.error ?? "no reason is known"}. Nothing of it is left.`,
  };
  return (
    <>
      <p role="status">
        {text[of.status]}{" "}
        {of.status === "paired" && of.dockSn && <Link href={`/docks/${of.dockSn}`}>Open the dock</Link>}
      </p>
      {(of.status === "waiting" || of.status === "bound") && <Countdown to={of.expiresAt} />}
    </>
  );
}

function Countdown({ to }: { to: string }) {
  const seconds = Math.max(0, Math.round((Date.parse(to) - now.value) / 1000));
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return (
    <p role="timer" class={seconds < 60 ? "warn" : "dim"}>
      The code is good for {text} min more.
    </p>
  );
}
