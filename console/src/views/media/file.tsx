/** One file: looked at, where and when it was taken, and what belongs to it. */

import { answer, api, type MediaDetails } from "../../api/client";
import { useAction, useResource } from "../../state/resource";
import { Button, bytes, Dialog, DockLink, Moment, Problem } from "../../ui";
import { KIND_WORDS } from "./kinds";
import { download, linkOf } from "./links";

interface Props {
  id: string;
  /** Look at another one. */
  onShow: (id: string) => void;
  onClose: () => void;
}

export function FileDialog({ id, onShow, onClose }: Props) {
  const file = useResource(
    () => answer(api.GET("/v1/media/{media_id}", { params: { path: { media_id: id } } })),
    [id],
    30_000,
  );
  const fetched = useAction(download);
  const found = file.data.value;
  return (
    <Dialog title={found?.name ?? "File"} wide onClose={onClose}>
      <Problem error={file.error.value ?? fetched.error.value} />
      {found && (
        <>
          <Preview of={found} />
          <Facts of={found} />
          {found.joined.length > 0 && (
            <>
              <h3>Belongs to it</h3>
              <ul>
                {found.joined.map((each) => (
                  <li key={each.id}>
                    <button type="button" class="media-name" onClick={() => onShow(each.id)}>
                      {each.name}
                    </button>{" "}
                    <span class="dim">{KIND_WORDS[each.kind]}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
          <div class="row end">
            <Button kind="main" pending={fetched.pending.value} onClick={() => fetched.run(id)}>
              Download
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

/** The whole file, since there are no smaller pictures of it; a video begins when it is played. */
function Preview({ of }: { of: MediaDetails }) {
  const seen = of.kind === "photo" || of.kind === "video";
  const link = useResource(async () => (seen ? await linkOf(of.id) : null), [of.id], 0);
  const url = link.data.value;
  if (!seen) return null;
  return (
    <div class="media-preview">
      <Problem error={link.error.value} />
      {url && of.kind === "photo" && <img src={url} alt={of.name} />}
      {url && of.kind === "video" && (
        // biome-ignore lint/a11y/useMediaCaption: what an aircraft films has no captions
        <video src={url} controls preload="metadata" aria-label={of.name} />
      )}
    </div>
  );
}

function Facts({ of }: { of: MediaDetails }) {
  return (
    <dl class="facts">
      <dt>Kind</dt>
      <dd>{KIND_WORDS[of.kind]}</dd>
      <dt>Taken</dt>
      <dd>
        <Moment at={of.takenAt} />
      </dd>
      <dt>Came</dt>
      <dd>
        <Moment at={of.createdAt} />
      </dd>
      <dt>Size</dt>
      <dd>{bytes(of.size)}</dd>
      {of.md5 && (
        <>
          <dt>MD5</dt>
          <dd>{of.md5}</dd>
        </>
      )}
      <dt>Position</dt>
      <dd>
        {of.latitude != null && of.longitude != null
          ? `${of.latitude.toFixed(6)}°, ${of.longitude.toFixed(6)}°`
          : "not known"}
      </dd>
      <dt>Height above take-off</dt>
      <dd>{of.height != null ? `${of.height.toFixed(1)} m` : "not known"}</dd>
      <dt>Altitude above the ellipsoid</dt>
      <dd>{of.altitude != null ? `${of.altitude.toFixed(1)} m` : "not known"}</dd>
      <dt>Gimbal yaw</dt>
      <dd>{of.gimbalYaw != null ? `${of.gimbalYaw.toFixed(1)}°` : "not known"}</dd>
      <dt>Dock</dt>
      <dd>
        <DockLink sn={of.dockSn} />
      </dd>
      {of.photo && (
        <>
          <dt>Side file of</dt>
          <dd>{of.photo}</dd>
        </>
      )}
    </dl>
  );
}
