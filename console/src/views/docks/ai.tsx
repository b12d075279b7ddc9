/** On-aircraft AI of a Dock 3: recognition, its model and what it shows, as the aircraft last said. */

import { useSignal } from "@preact/signals";
import { type AiView, answer, api, type ChangeAi } from "../../api/client";
import type { DockState } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { Age, Button, Choice, Problem, TextField, Tick } from "../../ui";
import { awayOf } from "./allowed";

const MODES = [
  ["counting", "counting"],
  ["search", "search"],
  ["custom", "custom"],
] as const;

export function Ai({ dock }: { dock: DockState }) {
  const path = { params: { path: { sn: dock.sn } } };
  const ai = useResource(() => answer(api.GET("/v1/docks/{sn}/ai", path)), [dock.sn], 5000);
  const take = (found: AiView) => {
    ai.data.value = found;
    ai.at.value = Date.now();
  };
  const change = useAction(async (body: ChangeAi) =>
    take(await answer(api.PATCH("/v1/docks/{sn}/ai", { ...path, body }))),
  );
  const leave = useAction(async () => take(await answer(api.DELETE("/v1/docks/{sn}/ai/follow", path))));
  const view = dock.view.value;
  const reason = awayOf(view) ?? (view.aircraftOnline ? undefined : "The aircraft is off.");
  const pending = change.pending.value || leave.pending.value;
  const found = ai.data.value;
  const score = useSignal<string | undefined>(undefined);
  return (
    <section class="card">
      <h2>On-aircraft AI</h2>
      <Problem error={change.error.value ?? leave.error.value ?? ai.error.value} />
      {found && (
        <>
          <p class="dim">
            {found.at ? (
              <>
                As the aircraft said: so since <Age at={found.at} />
              </>
            ) : (
              "The aircraft has not said anything of it yet."
            )}
          </p>
          <div class="row" aria-live="polite">
            <span>Recognition: {word(found.on)}</span>
            <Button pending={pending} reason={reason} onClick={() => change.run({ on: !found.on, resetScore: false })}>
              {found.on ? "Stop recognising" : "Recognise targets"}
            </Button>
          </div>
          <div class="row" aria-live="polite">
            <span>Spotlight zoom: {word(found.spotlight)}</span>
            <Button
              pending={pending}
              reason={reason}
              onClick={() => change.run({ spotlight: !found.spotlight, resetScore: false })}
            >
              {found.spotlight ? "Switch spotlight zoom off" : "Switch spotlight zoom on"}
            </Button>
          </div>
          {found.following && found.following !== "idle" && (
            <div class="row" aria-live="polite">
              <span>
                It is {found.following === "following" ? "following a target" : `${found.following} a target`}.
              </span>
              <Button pending={pending} reason={reason} onClick={() => leave.run()}>
                Follow nothing
              </Button>
            </div>
          )}
          {found.reason && <p class="warn">{found.reason}</p>}
          {found.models.length > 0 && (
            <Choice
              label="Model"
              value={String(found.model ?? "")}
              disabled={pending || reason !== undefined}
              choices={[
                ...(found.model === null ? [["", "not told"] as const] : []),
                ...found.models.map((each) => [String(each.index), each.name ?? `model ${each.index}`] as const),
              ]}
              onValue={(model) => model && change.run({ model: Number(model), resetScore: false })}
            />
          )}
          {found.labels.length > 0 && (
            <fieldset>
              <legend>Kinds that are shown</legend>
              {found.labels.map(({ index, name }) =>
                index === null ? null : (
                  <Tick
                    key={index}
                    checked={found.filters.includes(index)}
                    disabled={pending || reason !== undefined}
                    onTick={(on) =>
                      change.run({
                        filters: on ? [...found.filters, index] : found.filters.filter((each) => each !== index),
                        resetScore: false,
                      })
                    }
                  >
                    {name ?? `kind ${index}`}
                  </Tick>
                ),
              )}
            </fieldset>
          )}
          <Choice
            label="How sure is sure enough"
            value={found.scoreMode && found.scoreMode !== "none" ? found.scoreMode : ""}
            disabled={pending || reason !== undefined}
            choices={[...(found.scoreMode && found.scoreMode !== "none" ? [] : [["", "not told"] as const]), ...MODES]}
            onValue={(mode) => mode && change.run({ scoreMode: mode as (typeof MODES)[number][0], resetScore: false })}
          />
          <div class="row">
            <TextField
              label="How sure it has to be"
              hint="0 to 100 %"
              type="number"
              min={0}
              max={100}
              value={score.value ?? String(found.score ?? "")}
              onValue={(text) => {
                score.value = text;
              }}
            />
            <Button
              pending={pending}
              reason={reason ?? (score.value ? undefined : "Give another number first.")}
              onClick={async () => {
                if (await change.run({ score: Number(score.value), resetScore: false })) score.value = undefined;
              }}
            >
              Set how sure
            </Button>
            <Button pending={pending} reason={reason} onClick={() => change.run({ resetScore: true })}>
              Set it back
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

const word = (on: boolean | null): string => (on === null ? "not told yet" : on ? "on" : "off");
