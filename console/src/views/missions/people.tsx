/** Who is in the mission's room, and sending somebody out. */

import { useSignal } from "@preact/signals";
import { answer, api, type ParticipantView } from "../../api/client";
import { useAction, useResource } from "../../state/resource";
import { lacksRole, me } from "../../state/session";
import { Age, Button, bound, Dialog, Problem, TextField } from "../../ui";

const LEAST_REASON = 3; // characters

export function People({ mission }: { mission: string }) {
  const path = { mission_id: mission };
  const room = useResource(() => answer(api.GET("/v1/missions/{mission_id}/room", { params: { path } })), [mission]);
  const out = useSignal<string | null>(null);
  const people = room.data.value?.participants.filter((each) => each.kind === "person") ?? [];
  return (
    <section aria-labelledby="missions-people">
      <h2 id="missions-people">People in the room</h2>
      <Problem error={room.error.value} />
      {room.data.value && people.length === 0 && <p class="dim">Nobody.</p>}
      <ul class="missions-people">
        {people.map((person) => (
          <Person
            key={person.identity}
            person={person}
            onOut={() => {
              out.value = person.user ?? null;
            }}
          />
        ))}
      </ul>
      {room.at.value > 0 && (
        <p class="foot dim">
          as read <Age at={room.at.value} oldAfter={30} />
        </p>
      )}
      {out.value !== null && (
        <SendOut
          mission={mission}
          user={out.value}
          onClose={() => {
            out.value = null;
            void room.refresh();
          }}
        />
      )}
    </section>
  );
}

function Person({ person, onOut }: { person: ParticipantView; onOut: () => void }) {
  const mine = person.user === me.value?.user;
  return (
    <li class="row apart">
      <span>
        {person.user} <span class="dim">{person.role}</span> <Age at={person.joinedAt} />
      </span>
      <Button
        label={`Send out ${person.user}`}
        reason={lacksRole("commander") ?? (mine ? "This is you." : undefined)}
        onClick={onOut}
      >
        Send out…
      </Button>
    </li>
  );
}

function SendOut({ mission, user, onClose }: { mission: string; user: string; onClose: () => void }) {
  const reason = useSignal("");
  const send = useAction(async () => {
    const params = { path: { mission_id: mission, user }, query: { reason: reason.value.trim() } };
    await answer(api.DELETE("/v1/missions/{mission_id}/room/people/{user}", { params }));
    onClose();
  });
  return (
    <Dialog title={`Send ${user} out of the room?`} onClose={onClose}>
      <p>They see and hear nothing any more, and cannot come back for 15 minutes. It is in the audit log.</p>
      <TextField label="Reason" hint="They are told." {...bound(reason)} maxLength={500} />
      <Problem error={send.error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="danger"
          pending={send.pending.value}
          reason={reason.value.trim().length < LEAST_REASON ? "Give a reason first." : undefined}
          onClick={send.run}
        >
          Send out
        </Button>
      </div>
    </Dialog>
  );
}
