/** Routes: uploaded as KMZ files or drawn on the map; each checked before it is kept. */

import { useSignal } from "@preact/signals";
import { Link, useSearchParams } from "wouter-preact";
import { all, answer, api } from "../../api/client";
import { useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, List } from "../../ui";
import { WaylineDetails } from "./details";
import { Download } from "./download";
import { Upload } from "./upload";
import "./waylines.css";
import { LOST_LINK } from "./words";

const MOST = 500;

export default function Waylines() {
  const [search, setSearch] = useSearchParams();
  const shown = search.get("show");
  const uploading = useSignal(false);
  const waylines = useResource(
    () => all((after) => answer(api.GET("/v1/waylines", { params: { query: { limit: 100, after } } })), MOST),
    [],
    10_000,
  );
  return (
    <div class="pad">
      <div class="row apart">
        <h1>Routes</h1>
        <div class="row">
          <Link class="button" href="/waylines/draw">
            Draw a route
          </Link>
          <Button
            kind="main"
            onClick={() => {
              uploading.value = true;
            }}
            reason={lacksRole("operator")}
          >
            Upload a KMZ…
          </Button>
        </div>
      </div>
      <List
        of={waylines}
        caption="Routes"
        columns={["Route", "Aircraft", "Points", "Length", "Without a link", "By", "Added", "File"]}
        keyOf={(wayline) => wayline.id}
        row={(wayline) => [
          <Link key="name" href={`/waylines?show=${wayline.id}`}>
            {wayline.name}
          </Link>,
          wayline.aircraft,
          wayline.waypoints,
          `${Math.round(wayline.lengthM)} m`,
          LOST_LINK[wayline.exitWaylineWhenRcLost] ?? "as the file says",
          wayline.uploadedBy,
          <Age key="age" at={wayline.createdAt} />,
          <Download key="file" wayline={wayline} />,
        ]}
        empty="There are no routes yet. Upload a KMZ from a planner, or draw one here."
      />
      {shown && <WaylineDetails id={shown} onClose={() => setSearch({})} />}
      {uploading.value && (
        <Upload
          onClose={() => {
            uploading.value = false;
          }}
          onKept={(id) => {
            uploading.value = false;
            void waylines.refresh();
            setSearch({ show: id });
          }}
        />
      )}
    </div>
  );
}
