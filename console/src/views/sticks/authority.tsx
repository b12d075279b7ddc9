/** Who has the flight and who the payload: taken, given back, taken by force; and being told of a loss. */

import { useSignal } from "@preact/signals";
import type { HolderView } from "../../api/client";
import { useAction } from "../../state/resource";
import { lacksRole, may, me } from "../../state/session";
import { Age, Button, Dialog, Problem, ReasonDialog } from "../../ui";
import type { Kind, Link } from "./link";

const NAMES: Record<Kind, string> = { flight: "Flight", payload: "Payload" };
const THING: Record<Kind, string> = { flight: "sticks", payload: "payload" };
const WHAT: Record<Kind, string> = {
  flight: "sticks, emergency stop, landing, lights",
  payload: "camera, gimbal, zoom, light, speaker",
};

interface Props {
  link: Link;
  /** Called before something is given back, so that sticks are neutral first. */
  onRelease: () => void;
  offline: string | undefined;
}

export function Authorities({ link, onRelease, offline }: Props) {
  return (
    <section class="sticks-authorities" aria-label="Who has what">
      {(["flight", "payload"] as const).map((kind) => (
        <Authority key={kind} kind={kind} link={link} onRelease={onRelease} offline={offline} />
      ))}
      <Problem error={link.problem.value} />
      <LostDialog link={link} />
    </section>
  );
}

function Authority({ kind, link, onRelease, offline }: Props & { kind: Kind }) {
  const forcing = useSignal(false);
  const holder = link.authority.value?.[kind];
  const mine = holder != null && holder.user === me.value?.user;
  const here = link.holds.includes(kind);
  const take = useAction(() => link.take(kind));
  const release = useAction(async () => {
    onRelease();
    await link.release(kind);
  });
  const noRole = lacksRole("operator");
  const held = holder && !mine ? `${holder.user} has it. A commander may take it by force.` : undefined;
  return (
    <div class="card">
      <h2>{NAMES[kind]}</h2>
      <p class="dim">{WHAT[kind]}</p>
      <p aria-live="polite">
        <Holder holder={holder} mine={mine} here={here} known={link.authority.value !== null} />
      </p>
      <div class="row">
        {here ? (
          <Button pending={release.pending.value} onClick={release.run}>
            Give the {THING[kind]} back
          </Button>
        ) : (
          <Button
            kind="main"
            reason={noRole ?? offline ?? held}
            pending={take.pending.value || link.phase.value === "opening"}
            onClick={take.run}
          >
            {mine ? `Take the ${THING[kind]} here` : `Take the ${THING[kind]}`}
          </Button>
        )}
        {holder && !mine && (
          <Button
            kind="danger"
            label={`Take by force: ${THING[kind]}`}
            reason={may("commander") ? offline : lacksRole("commander")}
            onClick={() => {
              forcing.value = true;
            }}
          >
            Take by force…
          </Button>
        )}
      </div>
      <Problem error={take.error.value ?? release.error.value} />
      {forcing.value && holder && (
        <Force
          kind={kind}
          holder={holder}
          link={link}
          onClose={() => {
            forcing.value = false;
          }}
        />
      )}
    </div>
  );
}

interface HolderProps {
  holder: HolderView | null | undefined;
  mine: boolean;
  here: boolean;
  known: boolean;
}

function Holder({ holder, mine, here, known }: HolderProps) {
  if (!known) return <span class="dim">not known yet</span>;
  if (!holder) return <span>nobody has it</span>;
  return (
    <>
      <strong>{mine ? (here ? "you have it here" : "you have it, not in this window") : holder.user}</strong>{" "}
      <span class="dim">since</span> <Age at={holder.since} />
      {holder.reason && <span class="dim"> ({holder.reason})</span>}
    </>
  );
}

function Force({ kind, holder, link, onClose }: { kind: Kind; holder: HolderView; link: Link; onClose: () => void }) {
  const stops = kind === "flight" ? " The aircraft stops and hovers until you move it." : "";
  return (
    <ReasonDialog
      title={`Take the ${kind} from ${holder.user}?`}
      detail={`${holder.user} loses it at once and is told who took it and why.${stops} It is in the audit log.`}
      hint={`${holder.user} reads it.`}
      needed
      kind="danger"
      yes="Take it by force"
      onYes={(reason) => link.take(kind, { reason })}
      onClose={onClose}
    />
  );
}

function LostDialog({ link }: { link: Link }) {
  const lost = link.lost.value;
  if (!lost) return null;
  const what = lost.kinds?.length ? lost.kinds.join(" and ") : "sticks";
  const titles: Record<string, string> = {
    forced: `${lost.by ?? "Somebody"} took the ${what} from you`,
    silence: `The ${what} were given back for you`,
    replaced: "Another window of yours has taken over",
    ended: `You do not have the ${what} any more`,
  };
  const close = () => {
    link.lost.value = null;
  };
  return (
    <Dialog title={titles[lost.reason] ?? "You do not have it any more"} onClose={close}>
      <p>{lost.detail}</p>
      {lost.reason === "silence" && (
        <p>A page that is hidden or cut off for 10 s gives back what it holds, so that it never keeps an aircraft.</p>
      )}
      <p>Nothing that you press here moves the aircraft now.</p>
      <div class="row end">
        <Button kind="main" onClick={close}>
          I have read it
        </Button>
      </div>
    </Dialog>
  );
}
