/** Tokens: one's own, for an admin all. Made, shown once, revoked. */

import { useSignal } from "@preact/signals";
import { answer, api, type TokenMade, type TokenView } from "../../api/client";
import { now } from "../../state/clock";
import { useFilters } from "../../state/filters";
import { usePaged } from "../../state/paged";
import { useAction } from "../../state/resource";
import { may, me, type Role } from "../../state/session";
import { Age, Button, bound, Choice, Dialog, List, Moment, More, Problem, Secret, Tag, TextField } from "../../ui";
import { ROLE_CHOICES } from "./roles";

export function Tokens() {
  const filters = useFilters("user");
  const tokens = usePaged(
    (after) => answer(api.GET("/v1/org/tokens", { params: { query: { limit: 100, after, user: filters.set.user } } })),
    [filters.set.user],
  );
  const making = useSignal(false);
  const made = useSignal<TokenMade | null>(null);
  const revoke = useAction(async (token: TokenView) => {
    await answer(api.DELETE("/v1/org/tokens/{token_id}", { params: { path: { token_id: token.id } } }));
    await tokens.refresh();
  });
  return (
    <>
      <div class="row apart">
        <h2>{may("admin") ? "Tokens" : "Your tokens"}</h2>
        <Button
          onClick={() => {
            making.value = true;
          }}
        >
          Make a token
        </Button>
      </div>
      {may("admin") && (
        <div class="filters">
          <TextField label="Of" hint="A member." {...filters.bound("user")} />
        </div>
      )}
      <Problem error={revoke.error.value} />
      <List
        of={tokens}
        caption="Tokens"
        columns={["Token", "Whose", "Role", "State", "Last used", "Made", ""]}
        keyOf={(each) => each.id}
        empty="No token. Make one for each program that is to use the API."
        row={(each) => [
          <>
            {each.name}
            {each.id === me.value?.tokenId && <div class="dim">you are signed in with it</div>}
          </>,
          each.user,
          each.role,
          <State key="state" of={each} />,
          <Age key="used" at={each.usedAt} />,
          <>
            <Moment at={each.createdAt} />
            {each.createdBy !== each.user && <div class="dim">by {each.createdBy}</div>}
          </>,
          each.revokedAt ? null : (
            <Button
              key="do"
              kind="danger"
              label={`Revoke ${each.name} of ${each.user}`}
              pending={revoke.pending.value}
              onClick={() => revoke.run(each)}
              confirm={{
                title: `Revoke ${each.name}?`,
                detail: `The next request with this token of ${each.user} is refused, and what it has open is closed.${each.id === me.value?.tokenId ? " It is the one that you are signed in with." : ""}`,
                yes: "Revoke it",
              }}
            >
              Revoke
            </Button>
          ),
        ]}
      />
      <More of={tokens} />
      {making.value && (
        <MakeToken
          onMade={(token) => {
            making.value = false;
            made.value = token;
            void tokens.refresh();
          }}
          onClose={() => {
            making.value = false;
          }}
        />
      )}
      {made.value && (
        <Secret
          title={`Token ${made.value.name}`}
          secret={made.value.token}
          detail={`It may do what ${made.value.role satisfies Role} may, as ${made.value.user}, until ${new Date(made.value.expiresAt).toLocaleString()}.`}
          onClose={() => {
            made.value = null;
          }}
        />
      )}
    </>
  );
}

function State({ of }: { of: TokenView }) {
  if (of.revokedAt)
    return (
      <>
        <Tag tone="idle">revoked</Tag>
        <div class="dim">
          <Moment at={of.revokedAt} /> by {of.revokedBy}
        </div>
      </>
    );
  if (Date.parse(of.expiresAt) < now.value) return <Tag tone="idle">expired</Tag>;
  return (
    <>
      <Tag tone="good">open</Tag>
      <div class="dim">
        until <Moment at={of.expiresAt} />
      </div>
    </>
  );
}

function MakeToken({ onMade, onClose }: { onMade: (token: TokenMade) => void; onClose: () => void }) {
  const name = useSignal("");
  const role = useSignal<Role | "">("");
  const days = useSignal("90");
  const user = useSignal("");
  const make = useAction(async () => {
    const body = {
      name: name.value.trim(),
      role: role.value || null,
      days: Number(days.value),
      user: user.value.trim() || null,
    };
    onMade(await answer(api.POST("/v1/org/tokens", { body })));
  });
  const lasts = Number(days.value);
  let reason: string | undefined;
  if (!name.value.trim()) reason = "Say what it is for.";
  else if (!Number.isInteger(lasts) || lasts < 1 || lasts > 365) reason = "It lasts 1 to 365 days.";
  return (
    <Dialog title="Make a token" onClose={onClose}>
      <TextField label="What it is for" placeholder="Dispatch desk" maxLength={128} {...bound(name)} />
      <Choice
        label="The most that it may do"
        value={role.value}
        onValue={(chosen) => {
          role.value = chosen as Role | "";
        }}
        choices={[["", "what its member may"], ...ROLE_CHOICES.filter(([each]) => may(each))]}
      />
      <TextField label="Lasts" hint="Days, 1 to 365." inputMode="numeric" {...bound(days)} />
      {may("admin") && <TextField label="Whose" hint="A member; empty: yours." {...bound(user)} />}
      <Problem error={make.error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="main" reason={reason} pending={make.pending.value} onClick={make.run}>
          Make it
        </Button>
      </div>
    </Dialog>
  );
}
