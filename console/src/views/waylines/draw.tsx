/** Drawing a route beside a dock: points on the map, with height, speed and what is done there. The server writes the file. */

import { useSignal } from "@preact/signals";
import { lazy, Suspense } from "preact/compat";
import { Link, useLocation } from "wouter-preact";
import { answer, api, type DrawnRoute } from "../../api/client";
import { docks, nameOf, wantDetails } from "../../state/docks";
import { useOnce } from "../../state/once";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, bound, Choice, Problem, TextField, Tick } from "../../ui";
import { type Drawn, PointList, pointOf } from "./points";
import "./waylines.css";

const RouteMap = lazy(() => import("../map/route-map"));

type Finish = NonNullable<DrawnRoute["finish"]>;
type LostLink = NonNullable<DrawnRoute["lostLink"]>;
type Turns = NonNullable<DrawnRoute["turns"]>;

export default function DrawRoute() {
  const sn = useSignal("");
  const name = useSignal("");
  const points = useSignal<Drawn[]>([]);
  const height = useSignal("60");
  const speed = useSignal("8");
  const photo = useSignal(true);
  const film = useSignal(false);
  const finish = useSignal<Finish>("home");
  const lostLink = useSignal<LostLink>("home");
  const turns = useSignal<Turns>("stop");
  const once = useOnce();
  const [, go] = useLocation();

  const change = (at: number, part: Partial<Drawn>) => {
    points.value = points.value.map((point, index) => (index === at ? { ...point, ...part } : point));
  };
  const body = (): DrawnRoute => ({
    dockSn: sn.value,
    name: name.value.trim(),
    points: points.value.map(pointOf),
    height: Number(height.value),
    heightMode: "relativeToStartPoint",
    speed: Number(speed.value),
    climb: 20,
    turns: turns.value,
    film: film.value,
    finish: finish.value,
    lostLink: lostLink.value,
  });
  const { run, pending, error } = useAction(async () => {
    const drawn = body();
    const kept = await once(drawn, (header) =>
      answer(api.POST("/v1/waylines/drawn", { params: { header }, body: drawn })),
    );
    go(`/waylines?show=${kept.id}`);
  });
  const reason =
    lacksRole("operator") ??
    (sn.value ? undefined : "Choose the dock first.") ??
    (points.value.length >= 2 ? undefined : "Draw two points at least.") ??
    (name.value.trim() ? undefined : "Give the route a name.");
  return (
    <div class="pad">
      <p>
        <Link href="/waylines">Routes</Link>
      </p>
      <h1>Draw a route</h1>
      <div class="waylines-draw">
        <section class="map" aria-label="Map">
          <p class="dim" id="how">
            {sn.value
              ? "Click the map to add a point, drag a point to move it. With the keyboard: move the map with the arrow keys, Enter adds its middle."
              : "Choose the dock that is to fly the route; the map then shows where it stands."}
          </p>
          <Suspense fallback={<p class="dim">Loading the map…</p>}>
            <RouteMap
              points={points.value}
              sn={sn.value || undefined}
              onPoint={
                sn.value
                  ? (latitude, longitude) => {
                      const added = { latitude, longitude, height: "", hover: "", pitch: "", photo: photo.value };
                      points.value = [...points.value, { ...added, key: crypto.randomUUID() }];
                    }
                  : undefined
              }
              onMove={(at, latitude, longitude) => change(at, { latitude, longitude })}
            />
          </Suspense>
        </section>
        <section aria-label="Route">
          <Choice
            label="Dock"
            value={sn.value}
            onValue={(chosen) => {
              sn.value = chosen;
              wantDetails(chosen);
            }}
            choices={[["", "Choose a dock"], ...docks.value.map((each) => [each.sn, nameOf(each.view.value)] as const)]}
            hint="The file is made for this dock's aircraft."
          />
          <TextField label="Name" {...bound(name)} maxLength={128} />
          <div class="row small">
            <TextField label="Height" type="number" min={2} max={1500} {...bound(height)} hint="m above the dock" />
            <TextField label="Speed" type="number" min={1} max={15} {...bound(speed)} hint="m/s, 1 to 15" />
          </div>
          <Tick checked={photo.value} onTick={(on) => set(photo, on)}>
            A photo at each new point
          </Tick>
          <br />
          <Tick checked={film.value} onTick={(on) => set(film, on)}>
            Film from the first point to the last
          </Tick>
          <h2>Points</h2>
          <PointList points={points} onChange={change} />
          <Choice
            label="At the points"
            value={turns.value}
            onValue={(chosen) => set(turns, chosen as Turns)}
            choices={[
              ["stop", "Stop and turn"],
              ["curve", "Cut the corners"],
            ]}
          />
          <Choice
            label="After the last point"
            value={finish.value}
            onValue={(chosen) => set(finish, chosen as Finish)}
            choices={[
              ["home", "Come home"],
              ["hover", "Hover there"],
              ["first-point", "Fly to the first point"],
            ]}
          />
          <Choice
            label="Where the link is lost"
            value={lostLink.value}
            onValue={(chosen) => set(lostLink, chosen as LostLink)}
            choices={[
              ["home", "Come home"],
              ["fly-on", "Fly the route to its end"],
            ]}
          />
          <Problem error={error.value} />
          <div class="row end">
            <Button kind="main" onClick={run} pending={pending.value} reason={reason}>
              Check and keep the route
            </Button>
          </div>
        </section>
      </div>
    </div>
  );
}

function set<T>(signal: { value: T }, value: T) {
  signal.value = value;
}
