/** Bringing docks in: a pairing is started, its code shown to the dock, and followed until the dock is here. */

import { useSignal } from "@preact/signals";
import { answer, api } from "../../api/client";
import { useResource } from "../../state/resource";
import { lacksRole, may } from "../../state/session";
import { List, Moment, SagaLink, StatusTag } from "../../ui";
import { DemoDock } from "./demo-dock";
import { Followed } from "./followed";
import { Start } from "./start";
import "./pairing.css";

export default function Pair() {
  const following = useSignal<{ id: string; qr?: string } | undefined>(undefined);
  const pairings = useResource(
    async () => (await answer(api.GET("/v1/pairings", { params: { query: { limit: 50 } } }))).items,
    [],
    may("admin") ? 3000 : 0,
  );
  if (!may("admin"))
    return (
      <div class="pad">
        <h1>Pair a dock</h1>
        <p class="empty">{lacksRole("admin")} Ask an admin of your organisation to pair the dock.</p>
      </div>
    );
  const follow = (id: string, qr?: string) => {
    following.value = qr === undefined ? { id } : { id, qr };
    void pairings.refresh();
  };
  return (
    <div class="pad pairing">
      <h1>Pair a dock</h1>
      {following.value ? (
        <Followed
          key={following.value.id}
          id={following.value.id}
          qr={following.value.qr}
          onEnd={() => {
            following.value = undefined;
          }}
        />
      ) : (
        <Start onStarted={(started) => follow(started.id, started.qr)} />
      )}
      <section class="card">
        <h2>No dock at hand?</h2>
        <p>
          The demo dock is a simulated Dock 3 that pairs itself within seconds. It flies, streams and answers like one.
        </p>
        <DemoDock />
      </section>
      <section>
        <h2>Pairings</h2>
        <List
          of={pairings}
          caption="Pairings"
          columns={["Name", "State", "Dock", "What happened", "Started", "By", ""]}
          keyOf={(each) => each.id}
          row={(each) => [
            each.status === "waiting" || each.status === "bound" ? (
              <button type="button" class="button" onClick={() => follow(each.id)}>
                {each.displayName}
              </button>
            ) : (
              each.displayName
            ),
            <StatusTag key="status" status={each.status} />,
            each.dockSn ? <a href={`/docks/${each.dockSn}`}>{each.dockSn}</a> : (each.expectedSn ?? "–"),
            each.error ??
              (each.refusal
                ? `${each.refusal.sn} was refused: ${each.refusal.meaning} (DJI ${each.refusal.code})`
                : "–"),
            <Moment key="at" at={each.createdAt} />,
            each.requestedBy,
            <SagaLink key="saga" saga={each.saga} />,
          ]}
          empty="Nothing was paired yet. Start above."
        />
      </section>
    </div>
  );
}
