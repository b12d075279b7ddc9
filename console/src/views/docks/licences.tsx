/** FlySafe licences: what aircraft and dock hold, by the dock's own word; switched, and brought to the aircraft. */

import { useRef } from "preact/hooks";
import { answer, api, type HeldView, type LicencesView } from "../../api/client";
import type { DockState } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { Age, Button, Moment, Problem, SagaLink, Tag } from "../../ui";
import { awayOf } from "./allowed";

export function LicencesOf({ dock }: { dock: DockState }) {
  const { sn } = dock;
  const path = { params: { path: { sn } } };
  const licences = useResource(() => answer(api.GET("/v1/docks/{sn}/licences", path)), [sn], 15_000);
  const file = useRef<HTMLInputElement>(null);
  /** What the dock holds after an order is in the answer. */
  const take = (found: LicencesView) => {
    licences.data.value = found;
    licences.at.value = Date.now();
  };
  const refresh = useAction(async () => take(await answer(api.POST("/v1/docks/{sn}/licences/refresh", path))));
  const update = useAction(async (chosen?: File) => {
    const body = new FormData();
    if (chosen) body.append("file", chosen);
    take(
      await answer(
        api.POST("/v1/docks/{sn}/licences/update", {
          ...path,
          ...(chosen && { body: body as unknown as { file: string }, bodySerializer: () => body }),
        }),
      ),
    );
  });
  const turn = useAction(async (licence: number, enabled: boolean) => {
    const where = { params: { path: { sn, licence_id: licence } } };
    take(await answer(api.PATCH("/v1/docks/{sn}/licences/{licence_id}", { ...where, body: { enabled } })));
  });
  const away = awayOf(dock.view.value);
  const pending = refresh.pending.value || update.pending.value || turn.pending.value;
  const found = licences.data.value;
  return (
    <section class="card">
      <div class="row apart">
        <h2>FlySafe licences</h2>
        <div class="row">
          <SagaLink saga={found?.saga} />
          <Button pending={pending} reason={away} onClick={() => refresh.run()}>
            Ask the dock
          </Button>
          <Button
            pending={pending}
            reason={away}
            confirm={{
              title: "Fetch licences from DJI?",
              detail: "The dock asks DJI's FlySafe server for the aircraft's licences, and takes what it has.",
              yes: "Fetch them",
            }}
            onClick={() => update.run()}
          >
            Fetch from DJI
          </Button>
          <Button pending={pending} reason={away} onClick={() => file.current?.click()}>
            Send a file
          </Button>
          <input
            ref={file}
            type="file"
            hidden
            aria-label="File of licences"
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0];
              event.currentTarget.value = "";
              if (chosen) void update.run(chosen);
            }}
          />
        </div>
      </div>
      <Problem error={refresh.error.value ?? update.error.value ?? turn.error.value ?? licences.error.value} />
      {found?.consistent === false && <p class="warn">Dock and aircraft do not hold the same licences.</p>}
      {found?.held.map((held) => (
        <Held
          key={held.device}
          of={held}
          pending={pending}
          reason={away}
          onTurn={(id, enabled) => turn.run(id, enabled)}
        />
      ))}
    </section>
  );
}

interface HeldProps {
  of: HeldView;
  pending: boolean;
  reason: string | undefined;
  onTurn: (id: number, enabled: boolean) => void;
}

function Held({ of, pending, reason, onTurn }: HeldProps) {
  return (
    <>
      <h3>
        {of.device === "aircraft" ? "Aircraft" : "Dock"}{" "}
        <span class="dim">
          as it said <Age at={of.at} none="never: ask the dock" />
        </span>
      </h3>
      {of.error && <p class="warn">It could not say: {of.error}</p>}
      {of.at && of.licences.length === 0 && <p class="dim">It holds none.</p>}
      {of.licences.length > 0 && (
        <div class="scroll">
          <table>
            <caption class="unseen">Licences of the {of.device}</caption>
            <thead>
              <tr>
                <th scope="col">Licence</th>
                <th scope="col">Kind</th>
                <th scope="col">Valid</th>
                <th scope="col">State</th>
                <th scope="col" aria-label="Switch" />
              </tr>
            </thead>
            <tbody>
              {of.licences.map((each) => (
                <tr key={each.id}>
                  <td>
                    {each.name ?? "no name"} <div class="dim">{each.id}</div>
                  </td>
                  <td>{each.kind ?? "–"}</td>
                  <td>
                    <Moment at={each.beginsAt} /> to <Moment at={each.endsAt} />
                  </td>
                  <td>
                    <Tag tone={each.enabled ? "good" : "idle"}>{each.enabled ? "on" : "off"}</Tag>
                  </td>
                  <td>
                    {of.device === "aircraft" && each.id != null && (
                      <Button
                        pending={pending}
                        reason={reason}
                        label={`Switch ${each.name ?? each.id} ${each.enabled ? "off" : "on"}`}
                        onClick={() => each.id != null && onTurn(each.id, !each.enabled)}
                      >
                        Switch {each.enabled ? "off" : "on"}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
