/** Who is in the mission's room, and sending somebody out. */

import { useSignal } from "@preact/signals";
import { answer, api, type ParticipantView } from "../../api/client";
import { useResource } from "../../state/resource";
import { lacksRole, me } from "../../state/session";
import { Age, Button, Problem, ReasonDialog } from "../../ui";

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
  return (
    <ReasonDialog
      title={`Send ${user} out of the room?`}
      detail="They see and hear nothing any more, and cannot come back for 15 minutes. It is in the audit log."
      hint="They are told."
      needed
      kind="danger"
      yes="Send out"
      onYes={(reason) => {
        const params = { path: { mission_id: mission, user }, query: { reason } };
        return answer(api.DELETE("/v1/missions/{mission_id}/room/people/{user}", { params }));
      }}
      onClose={onClose}
    />
  );
}
