/** A mission's flight areas: drawn and edited on the map, sent to its docks, and how far each dock has them. */

import { effect, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import type L from "leaflet";
import { useRef } from "preact/hooks";
import { Link } from "wouter-preact";
import { type AreaFeature, answer, api } from "../../api/client";
import { dockOf, docks } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, Problem, SagaLink } from "../../ui";
import { placeOf, showDocks } from "../map/docks-layer";
import { showAll, useGround } from "../map/ground";
import { asDrawn, readGeoJson, saveGeoJson } from "./draft";
import { type Drawing, type Drawn, drawOn, type Kind, type Shape } from "./drawing";
import { AreaList } from "./list";
import { Sync } from "./sync";
import "./areas.css";

const EVERY = 3000; // ms
const WHOLE_WORLD = 5; // zoom up to which nobody has looked at anything yet
const TOOLS: [string, Shape, Kind][] = [
  ["Draw keep-in polygon", "polygon", "keep-in"],
  ["Draw keep-in circle", "circle", "keep-in"],
  ["Draw keep-out polygon", "polygon", "keep-out"],
  ["Draw keep-out circle", "circle", "keep-out"],
];

export default function Areas({ params }: { params: { id: string } }) {
  const path = { params: { path: { mission_id: params.id } } };
  const mission = useResource(() => answer(api.GET("/v1/missions/{mission_id}", path)), [params.id], 15_000);
  const kept = useResource(() => answer(api.GET("/v1/missions/{mission_id}/areas", path)), [params.id], EVERY);
  const draft = useSignal<Drawn[] | null>(null);
  const basis = useSignal(0); // the revision that the draft began with
  const drawing = useSignal<Drawing | null>(null);
  const busy = useSignal(false);

  const edit = (change: (areas: Drawn[]) => Drawn[]) => {
    if (draft.peek() === null) basis.value = kept.data.peek()?.revision ?? 0;
    draft.value = change(draft.peek() ?? asDrawn(kept.data.peek()));
  };
  const locked =
    lacksRole("operator") ?? (mission.data.value?.endedAt ? "The mission is over: its areas were cleared." : undefined);

  const begin = (map: L.Map) => {
    const ours = () => docks.value.filter((dock) => dock.view.value.missionId === params.id).map((dock) => dock.sn);
    const endDocks = showDocks(map, ours, () => {});
    const made = drawOn(
      map,
      (id, geometry, radius, kind) =>
        edit((areas) =>
          areas.some((area) => area.id === id)
            ? areas.map((area) =>
                area.id === id ? { ...area, geometry, properties: { ...area.properties, radius } } : area,
              )
            : [
                ...areas,
                {
                  type: "Feature",
                  id,
                  geometry,
                  properties: { kind: kind ?? "keep-in", name: "", enabled: true, radius },
                },
              ],
        ),
      (now) => {
        busy.value = now;
      },
    );
    drawing.value = made;
    const unplaced = lookOnce(map, ours);
    return () => {
      drawing.value = null;
      unplaced();
      made.end();
      endDocks();
    };
  };
  const { box } = useGround(begin, undefined, [params.id]);

  const shown = useComputed(() => draft.value ?? asDrawn(kept.data.value));
  const looked = useRef(false);
  useSignalEffect(() => {
    const areas = shown.value;
    drawing.value?.show(areas, lacksRole("operator") === undefined);
    if (drawing.value && !looked.current && areas[0]) {
      looked.current = true;
      drawing.value.look(areas[0].id);
    }
  });

  const send = useAction(async () => {
    const features = (draft.value ?? []) as AreaFeature[];
    await answer(
      api.PUT("/v1/missions/{mission_id}/areas", { ...path, body: { type: "FeatureCollection", features } }),
    );
    await kept.refresh();
    draft.value = null;
  });
  const read = useAction(async (file: File) => {
    const areas = readGeoJson(await file.text());
    edit(() => areas);
  });

  const overtaken = draft.value !== null && kept.data.value !== undefined && kept.data.value.revision !== basis.value;
  const name = mission.data.value?.name ?? "Mission";
  return (
    <div class="pad areas">
      <header class="row apart">
        <div>
          <h1>Areas of {name}</h1>
          <p class="dim">
            <Link href={`/missions/${params.id}`}>Back to the room</Link>
            {kept.data.value?.updatedAt && (
              <>
                {" · "}revision {kept.data.value.revision}, drawn by {kept.data.value.updatedBy}{" "}
                <Age at={kept.data.value.updatedAt} />
              </>
            )}{" "}
            <SagaLink saga={kept.data.value?.saga} />
          </p>
        </div>
        <div class="row">
          <Button
            kind="main"
            pending={send.pending.value}
            reason={locked ?? (draft.value === null ? "Nothing has been changed." : undefined)}
            onClick={send.run}
          >
            Send to the docks
          </Button>
          <Button
            reason={draft.value === null ? "Nothing has been changed." : undefined}
            onClick={() => {
              draft.value = null;
            }}
          >
            Discard changes
          </Button>
        </div>
      </header>
      <Problem error={kept.error.value} />
      <Problem error={send.error.value} />
      <Problem error={read.error.value} />
      {draft.value !== null && (
        <p class="note">Not sent yet: docks and the map of others still have what was there before.</p>
      )}
      {overtaken && (
        <p class="note warn" role="alert">
          {kept.data.value?.updatedBy} has changed these areas while you were at it. Sending yours replaces theirs.
        </p>
      )}
      <div class="areas-columns">
        <section aria-label="Map of the areas">
          <div class="row areas-tools">
            {TOOLS.map(([text, shape, kind]) => (
              <Button key={text} reason={locked} onClick={() => drawing.value?.draw(shape, kind)}>
                {text}
              </Button>
            ))}
            {busy.value && <Button onClick={() => drawing.value?.cancel()}>Cancel drawing</Button>}
          </div>
          <div class="map-box areas-map">
            <div ref={box} role="application" aria-label="Map" />
          </div>
          <p class="dim">
            Keep-in: aircraft stay inside. Keep-out: they stay out. Drag corners to change an area; a polygon ends with
            a click on its first corner.
          </p>
        </section>
        <div>
          <AreaList areas={shown.value} locked={locked} onEdit={edit} onLook={(id) => drawing.value?.look(id)} />
          <div class="row">
            <label class={`button${locked ? " dim" : ""}`}>
              Open GeoJSON…
              <input
                class="unseen"
                type="file"
                accept=".geojson,.json,application/geo+json"
                disabled={locked !== undefined}
                onChange={(event) => {
                  const file = event.currentTarget.files?.[0];
                  if (file) void read.run(file);
                  event.currentTarget.value = "";
                }}
              />
            </label>
            <Button
              reason={shown.value.length ? undefined : "There is no area to save."}
              onClick={() => saveGeoJson(shown.value, name)}
            >
              Save as GeoJSON
            </Button>
          </div>
          <Sync mission={params.id} of={kept} />
        </div>
      </div>
    </div>
  );
}

/** Show the mission's docks once their places are known, unless areas were looked at first; returns how to stop waiting. */
function lookOnce(map: L.Map, ours: () => string[]): () => void {
  let looked = false;
  return effect(() => {
    const places = ours()
      .map((sn) => placeOf(dockOf(sn)?.dock.value.data ?? {}))
      .filter((place) => place !== null);
    if (looked || !places.length) return;
    looked = true;
    if (map.getZoom() <= WHOLE_WORLD) showAll(map, places);
  });
}
