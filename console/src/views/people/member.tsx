/** Adding a member, and changing one's role or name. */

import { useSignal } from "@preact/signals";
import { answer, api, type MemberAdded, type MemberView } from "../../api/client";
import { useAction } from "../../state/resource";
import type { Role } from "../../state/session";
import { Button, bound, Choice, Dialog, Problem, TextField } from "../../ui";
import { ROLE_CHOICES } from "./roles";

export function AddMember({ onAdded, onClose }: { onAdded: (member: MemberAdded) => void; onClose: () => void }) {
  const user = useSignal("");
  const name = useSignal("");
  const role = useSignal<Role>("operator");
  const days = useSignal("7");
  const add = useAction(async () => {
    const body = {
      user: user.value.trim(),
      name: name.value.trim(),
      role: role.value,
      invitationDays: Number(days.value),
    };
    onAdded(await answer(api.POST("/v1/org/members", { body })));
  });
  const lasts = Number(days.value);
  let reason: string | undefined;
  if (!user.value.trim()) reason = "Say who they are.";
  else if (!Number.isInteger(lasts) || lasts < 0 || lasts > 30) reason = "The first token lasts 0 to 30 days.";
  return (
    <Dialog title="Add a member" onClose={onClose}>
      <TextField
        label="Who"
        hint="A name that is theirs alone, like an address; the `sub` of their tokens where they sign in at an issuer."
        {...bound(user)}
        maxLength={256}
      />
      <TextField label="Name" hint="As people call them; may be left out." {...bound(name)} maxLength={128} />
      <Choice
        label="Role"
        value={role.value}
        onValue={(chosen) => {
          role.value = chosen as Role;
        }}
        choices={ROLE_CHOICES}
      />
      <TextField
        label="First token lasts"
        hint="Days, 0 to 30; 0: none is made, for those who sign in at an issuer."
        inputMode="numeric"
        {...bound(days)}
      />
      <Problem error={add.error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="main" reason={reason} pending={add.pending.value} onClick={add.run}>
          Add
        </Button>
      </div>
    </Dialog>
  );
}

interface ChangeProps {
  of: MemberView;
  onDone: () => void;
  onClose: () => void;
}

export function ChangeMember({ of, onDone, onClose }: ChangeProps) {
  const role = useSignal<Role>(of.role);
  const name = useSignal(of.name);
  const change = useAction(async () => {
    const params = { path: { member_id: of.id } };
    const body = {
      ...(role.value !== of.role && { role: role.value }),
      ...(name.value.trim() !== of.name && { name: name.value.trim() }),
    };
    await answer(api.PATCH("/v1/org/members/{member_id}", { params, body }));
    onDone();
  });
  const same = role.value === of.role && name.value.trim() === of.name;
  return (
    <Dialog title={`Change ${of.user}`} onClose={onClose}>
      <Choice
        label="Role"
        hint="A smaller role holds at once, also for tokens and connections that are there."
        value={role.value}
        onValue={(chosen) => {
          role.value = chosen as Role;
        }}
        choices={ROLE_CHOICES}
      />
      <TextField label="Name" {...bound(name)} maxLength={128} />
      <Problem error={change.error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="main"
          reason={same ? "Nothing has been changed." : undefined}
          pending={change.pending.value}
          onClick={change.run}
        >
          Change
        </Button>
      </div>
    </Dialog>
  );
}
