/**
 * The map of docks: where docks and aircraft are, where they were, what they fly, and where they may.
 *
 * Load it lazily: Leaflet comes with it.
 */

import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import L from "leaflet";
import { useEffect, useRef } from "preact/hooks";
import { answer, api } from "../../api/client";
import { dockOf, docks } from "../../state/docks";
import { type Resource, useResource } from "../../state/resource";
import { Age, Button } from "../../ui";
import { showAreas } from "./areas-layer";
import { placeOf, showDocks } from "./docks-layer";
import { putMarker, readUnderway, showUnderway } from "./flights-layer";
import { showAll, useGround } from "./ground";
import { targetIcon } from "./icons";

interface Props {
  /** Which docks; all without. */
  sns?: string[];
  /** Whose areas, flights and relays are drawn, and whose docks where `sns` are not given. */
  mission?: string;
  /** The dock to look at. */
  focus?: string;
  /** Told where somebody clicks, or presses Enter over the middle. */
  onPoint?: (latitude: number, longitude: number) => void;
  /** A point that was chosen, to be seen. */
  mark?: { latitude: number; longitude: number } | null;
}

const AREAS_EVERY = 10_000; // ms
const UNDERWAY_EVERY = 3000;

export default function DockMap({ sns, mission, focus, onPoint, mark }: Props) {
  const near = useSignal<string | undefined>(undefined);
  const looked = useRef<string | undefined>(undefined);
  const placed = useRef(0); // docks whose places were all shown
  const touched = useRef(false);

  const asked = useSignal({ sns, mission });
  const only = useComputed(() => {
    const { sns, mission } = asked.value;
    if (sns || !mission) return sns;
    return docks.value.filter((dock) => dock.view.value.missionId === mission).map((dock) => dock.sn);
  });
  useEffect(() => {
    asked.value = { sns, mission };
  }, [sns?.join(), mission]);
  useEffect(() => {
    near.value = focus;
  }, [focus]);

  const areas = useResource(
    async () =>
      mission
        ? answer(api.GET("/v1/missions/{mission_id}/areas", { params: { path: { mission_id: mission } } }))
        : null,
    [mission],
    mission ? AREAS_EVERY : 0,
  );

  const underway = useResource(() => readUnderway(mission, sns), [mission, sns?.join()], UNDERWAY_EVERY);

  const { box, map } = useGround((made) => {
    const taken = () => {
      touched.current = true;
    };
    for (const by of ["pointerdown", "wheel", "keydown"])
      made.getContainer().addEventListener(by, taken, { passive: true });
    return showDocks(
      made,
      () => only.value,
      (sn) => {
        looked.current = undefined;
        near.value = sn;
      },
    );
  }, onPoint);

  // Looks at everything as places become known, until somebody takes the map in hand; then only where they ask.
  useSignalEffect(() => {
    if (!map.value || touched.current) return;
    const places = placesOf(only.value);
    if (places.length <= placed.current) return;
    placed.current = places.length;
    if (!near.peek()) showAll(map.value, places);
  });

  useSignalEffect(() => {
    const place = near.value ? placeOf(dockOf(near.value)?.dock.value.data ?? {}) : null;
    if (!map.value || !place || looked.current === near.value) return;
    looked.current = near.value;
    showAll(map.value, [place]);
  });

  useSignalEffect(() => {
    const drawn = areas.data.value;
    if (!map.value || !drawn) return;
    const layers = L.layerGroup().addTo(map.value);
    showAreas(layers, drawn.features);
    return () => layers.remove();
  });

  const marked = useSignal(mark);
  useEffect(() => {
    marked.value = mark;
  }, [mark?.latitude, mark?.longitude]);
  useSignalEffect(() => {
    if (!map.value || !marked.value) return;
    const layers = L.layerGroup().addTo(map.value);
    putMarker(layers, targetIcon(), [marked.value.latitude, marked.value.longitude], "Chosen point");
    return () => layers.remove();
  });

  useSignalEffect(() => {
    const found = underway.data.value;
    if (!map.value || !found) return;
    const layers = L.layerGroup().addTo(map.value);
    showUnderway(layers, found);
    return () => layers.remove();
  });

  const seeAll = () => {
    const { routes = [], targets = [], handOffs = [] } = underway.data.value ?? {};
    const points = routes.flatMap(({ route }) => route.points.map((p): [number, number] => [p.latitude, p.longitude]));
    const others = [...targets, ...handOffs].map(({ place }) => place);
    if (map.value) showAll(map.value, [...placesOf(only.value), ...points, ...others]);
  };

  return (
    <div class={onPoint ? "map-box aims" : "map-box"}>
      <div ref={box} role="application" aria-label={onPoint ? "Map; Enter takes its middle" : "Map"} />
      <div class="map-tools row">
        <Button onClick={seeAll}>Show all</Button>
      </div>
      <div class="map-note">
        <Unread what="areas" of={areas} />
        <Unread what="flights and relays" of={underway} />
      </div>
    </div>
  );
}

/** Said over the map where something on it could not be read: what is drawn may be old. */
function Unread({ what, of }: { what: string; of: Resource<unknown> }) {
  if (!of.error.value) return null;
  return (
    <p class="card" role="status">
      The {what} could not be read: {of.error.value.message}{" "}
      {of.at.value > 0 && (
        <>
          What is drawn was read <Age at={of.at.value} />.
        </>
      )}
    </p>
  );
}

function placesOf(sns: string[] | undefined): [number, number][] {
  return docks.value
    .filter((dock) => !sns || sns.includes(dock.sn))
    .flatMap((dock) => [placeOf(dock.dock.value.data), placeOf(dock.aircraft.value.data)])
    .filter((place) => place !== null);
}
