/** People: who belongs to the organisation in which role, and the tokens that they and their programs sign in with. */

import { useSignal } from "@preact/signals";
import { answer, api, type MemberAdded, type MemberView } from "../../api/client";
import { oneOf, useFilters } from "../../state/filters";
import { usePaged } from "../../state/paged";
import { useAction } from "../../state/resource";
import { lacksRole, type Role } from "../../state/session";
import { Button, Choice, List, Moment, More, Problem, Secret, Tag, type Tone } from "../../ui";
import { AddMember, ChangeMember } from "./member";
import { ROLES, STATUSES } from "./roles";
import { Tokens } from "./tokens";

const TONES: Record<MemberView["status"], Tone> = { invited: "warn", active: "good", removed: "idle" };

export default function People() {
  const filters = useFilters("status", "role");
  const status = oneOf(STATUSES, filters.set.status);
  const role = oneOf(ROLES, filters.set.role);
  const members = usePaged(
    (after) => answer(api.GET("/v1/org/members", { params: { query: { limit: 100, after, status, role } } })),
    [status, role],
  );
  const adding = useSignal(false);
  const changing = useSignal<MemberView | null>(null);
  const added = useSignal<MemberAdded | null>(null);
  const remove = useAction(async (member: MemberView) => {
    await answer(api.DELETE("/v1/org/members/{member_id}", { params: { path: { member_id: member.id } } }));
    await members.refresh();
  });
  const barred = lacksRole("admin");

  return (
    <div class="pad">
      <div class="row apart">
        <h1>People</h1>
        <Button
          kind="main"
          reason={barred}
          onClick={() => {
            adding.value = true;
          }}
        >
          Add a member
        </Button>
      </div>
      <div class="filters">
        <Choice
          label="Status"
          {...filters.bound("status")}
          choices={[["", "All, removed ones too"], ...STATUSES.map((each) => [each, each] as const)]}
        />
        <Choice
          label="Role"
          {...filters.bound("role")}
          choices={[["", "All"], ...ROLES.map((each) => [each, each] as const)]}
        />
      </div>
      <Problem error={remove.error.value} />
      <List
        of={members}
        caption="Members"
        columns={["Person", "Role", "Status", "Added", ""]}
        keyOf={(each) => each.id}
        empty="No member fits these filters."
        row={(each) => [
          <>
            {each.user}
            {each.name && <div class="dim">{each.name}</div>}
          </>,
          each.role,
          <>
            <Tag tone={TONES[each.status]}>{each.status}</Tag>
            {each.status === "invited" && <div class="dim">nothing was heard of them yet</div>}
            {each.removedAt && (
              <div class="dim">
                <Moment at={each.removedAt} /> by {each.removedBy}
              </div>
            )}
          </>,
          <>
            <Moment at={each.createdAt} />
            <div class="dim">by {each.addedBy}</div>
          </>,
          each.status === "removed" ? null : (
            <div key="do" class="row">
              <Button
                label={`Change ${each.user}`}
                reason={barred}
                onClick={() => {
                  changing.value = each;
                }}
              >
                Change
              </Button>
              <Button
                kind="danger"
                label={`Remove ${each.user}`}
                reason={barred}
                pending={remove.pending.value}
                onClick={() => remove.run(each)}
                confirm={{
                  title: `Remove ${each.user}?`,
                  detail:
                    "At once: all of their tokens open nothing any more, their connections and rooms are closed, and what they fly by hand hovers and is released. Who is added again needs new tokens.",
                  yes: "Remove them",
                }}
              >
                Remove
              </Button>
            </div>
          ),
        ]}
      />
      <More of={members} />
      <Tokens />
      {adding.value && (
        <AddMember
          onAdded={(member) => {
            adding.value = false;
            added.value = member;
            void members.refresh();
          }}
          onClose={() => {
            adding.value = false;
          }}
        />
      )}
      {changing.value && (
        <ChangeMember
          of={changing.value}
          onDone={() => {
            changing.value = null;
            void members.refresh();
          }}
          onClose={() => {
            changing.value = null;
          }}
        />
      )}
      {added.value?.token && (
        <Secret
          title={`${added.value.user} is a member`}
          secret={added.value.token}
          detail={`Their first token, with the role ${added.value.role satisfies Role}, until ${new Date(added.value.tokenExpiresAt ?? 0).toLocaleString()}. Hand it on to them: with it they sign in here and make tokens of their own.`}
          onClose={() => {
            added.value = null;
          }}
        />
      )}
    </div>
  );
}
