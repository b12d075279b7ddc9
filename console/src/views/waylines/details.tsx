/** One route: where it leads, on the map and as a list, and what the check warned of. */

import { useSignal } from "@preact/signals";
import { lazy, Suspense } from "preact/compat";
import { answer, api } from "../../api/client";
import { useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, Dialog, Moment, Problem } from "../../ui";
import { DispatchDialog } from "../flights/dispatch";
import { LOST_LINK } from "./words";

const RouteMap = lazy(() => import("../map/route-map"));

export function WaylineDetails({ id, onClose }: { id: string; onClose: () => void }) {
  const flying = useSignal(false);
  const path = { params: { path: { wayline_id: id } } };
  const wayline = useResource(() => answer(api.GET("/v1/waylines/{wayline_id}", path)), [id], 0);
  const route = useResource(() => answer(api.GET("/v1/waylines/{wayline_id}/route", path)), [id], 0);
  const found = wayline.data.value;
  const points = route.data.value?.points ?? [];
  if (flying.value) return <DispatchDialog wayline={id} onClose={onClose} onSent={() => undefined} />;
  return (
    <Dialog title={found ? `Route ${found.name}` : "Route"} onClose={onClose} wide>
      <Problem error={wayline.error.value ?? route.error.value} />
      {found && (
        <dl class="facts">
          <dt>Aircraft</dt>
          <dd>{found.aircraft}</dd>
          <dt>Length</dt>
          <dd>
            {Math.round(found.lengthM)} m, {found.waypoints} points
          </dd>
          <dt>Without a link</dt>
          <dd>the aircraft {LOST_LINK[found.exitWaylineWhenRcLost] ?? "does what the file says"}</dd>
          <dt>After the last point</dt>
          <dd>{FINISH[route.data.value?.finishAction ?? ""] ?? route.data.value?.finishAction ?? "not read"}</dd>
          <dt>MD5</dt>
          <dd>
            <code>{found.md5}</code>, {found.size} bytes
          </dd>
          <dt>Added</dt>
          <dd>
            <Moment at={found.createdAt} /> by {found.uploadedBy}
          </dd>
        </dl>
      )}
      {found && found.problems.length > 0 && (
        <div class="note">
          <p>The check warned of:</p>
          <ul>
            {found.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
      {points.length > 0 && (
        <>
          <div class="waylines-map">
            <Suspense fallback={<p class="dim">Loading the map…</p>}>
              <RouteMap points={points} />
            </Suspense>
          </div>
          <div class="scroll waylines-points">
            <table>
              <caption class="unseen">Waypoints</caption>
              <thead>
                <tr>
                  {["Point", "Latitude", "Longitude", "Height", "Speed", "Does"].map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {points.map((point, at) => (
                  <tr key={at}>
                    <td>{at + 1}</td>
                    <td>{point.latitude.toFixed(6)}</td>
                    <td>{point.longitude.toFixed(6)}</td>
                    <td>
                      {Math.round(point.height)} m{" "}
                      {point.heightMode === "WGS84" ? "above the ellipsoid" : "above the dock"}
                    </td>
                    <td>{point.speed} m/s</td>
                    <td>
                      {[
                        point.hover > 0 && `hovers ${point.hover} s`,
                        point.photos > 0 && (point.photos === 1 ? "photo" : `${point.photos} photos`),
                        point.heading != null && `faces ${Math.round((point.heading + 360) % 360)}°`,
                      ]
                        .filter(Boolean)
                        .join(", ")}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      <div class="row end">
        <Button onClick={onClose}>Close</Button>
        <Button
          kind="main"
          onClick={() => {
            flying.value = true;
          }}
          reason={lacksRole("operator")}
        >
          Fly this route…
        </Button>
      </div>
    </Dialog>
  );
}

/** DJI's words for what follows the last point. */
const FINISH: Record<string, string> = {
  goHome: "comes home",
  noAction: "hovers there",
  autoLand: "lands there",
  gotoFirstWaypoint: "flies to the first point",
};
