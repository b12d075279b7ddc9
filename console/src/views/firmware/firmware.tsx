/** Firmware: packages and how they get here, rollouts and how they begin. */

import { useSignal } from "@preact/signals";
import { Link } from "wouter-preact";
import { all, answer, api, type PackageView } from "../../api/client";
import { usePaged } from "../../state/paged";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, bytes, count, List, Moment, More, Problem, SagaLink, StatusTag, Tag } from "../../ui";
import { AddPackage } from "./add";
import "./firmware.css";
import { StartRollout } from "./start";
import { UploadBar } from "./upload-bar";

export default function Firmware() {
  const packages = useResource(() =>
    all((after) => answer(api.GET("/v1/firmware/packages", { params: { query: { limit: 200, after } } })), 1000),
  );
  const rollouts = usePaged((after) => answer(api.GET("/v1/firmware/rollouts", { params: { query: { after } } })));
  const adding = useSignal(false);
  const starting = useSignal<string[] | null>(null);
  const link = useAction(async (each: PackageView) => {
    const path = { firmware_id: each.id };
    const found = await answer(api.GET("/v1/firmware/packages/{firmware_id}/link", { params: { path } }));
    location.assign(found.url); // a download: the page stays
  });
  const ready = (packages.data.value ?? []).filter((each) => each.status === "ready");

  return (
    <div class="pad firmware">
      <div class="row apart">
        <h1>Firmware</h1>
        <div class="row">
          <Button
            reason={lacksRole("commander")}
            onClick={() => {
              adding.value = true;
            }}
          >
            Add a package
          </Button>
          <Button
            kind="main"
            reason={lacksRole("commander") ?? (ready.length ? undefined : "Add a package first; none is ready.")}
            onClick={() => {
              starting.value = [];
            }}
          >
            Start a rollout
          </Button>
        </div>
      </div>
      <UploadBar onDone={packages.refresh} />
      <h2>Rollouts</h2>
      <List
        of={rollouts}
        caption="Rollouts"
        columns={["Rollout", "Status", "Where it is", "Docks", "Started", ""]}
        keyOf={(each) => each.id}
        empty="No rollout yet. Add a package, then start one."
        row={(each) => [
          <Link key="name" href={`/firmware/rollouts/${each.id}`}>
            {each.name}
          </Link>,
          <StatusTag key="status" status={each.status} />,
          <>
            {each.phase}
            {each.reason && <div class="dim">{each.reason}</div>}
          </>,
          <>
            {each.counts.succeeded} of {each.docks} done
            {each.counts.failed > 0 && <div class="bad">{count(each.counts.failed, "has failed", "have failed")}</div>}
          </>,
          <>
            <Moment at={each.createdAt} />
            <div class="dim">by {each.requestedBy}</div>
          </>,
          <SagaLink key="saga" saga={each.saga} />,
        ]}
      />
      <More of={rollouts} />
      <h2>Packages</h2>
      <Problem error={link.error.value} />
      <List
        of={packages}
        caption="Packages"
        columns={["File", "For", "Version", "Size", "Status", "Added", ""]}
        keyOf={(each) => each.id}
        empty="No package yet. Add the file that DJI released, under the name it has there."
        row={(each) => [
          <>
            {each.fileName}
            {each.releaseNotes && (
              <details>
                <summary>Release notes</summary>
                <pre class="firmware-notes">{each.releaseNotes}</pre>
              </details>
            )}
          </>,
          <>
            {each.productName} <span class="dim">{each.target}</span>
          </>,
          each.version,
          <span key="size" title={`MD5 ${each.md5}`}>
            {bytes(each.size)}
          </span>,
          <Tag key="status" tone={each.status === "ready" ? "good" : "warn"}>
            {each.status === "ready" ? "ready" : "not uploaded"}
          </Tag>,
          <>
            <Moment at={each.createdAt} />
            <div class="dim">by {each.uploadedBy}</div>
          </>,
          each.status === "ready" ? (
            <div key="do" class="row">
              <Button
                reason={lacksRole("commander")}
                label={`Roll out ${each.fileName}`}
                onClick={() => {
                  starting.value = [each.id];
                }}
              >
                Roll out
              </Button>
              <Button
                reason={lacksRole("commander")}
                label={`Download ${each.fileName}`}
                pending={link.pending.value}
                onClick={() => link.run(each)}
              >
                Download
              </Button>
            </div>
          ) : (
            <span key="do" class="dim">
              add the same file again to go on
            </span>
          ),
        ]}
      />
      {adding.value && (
        <AddPackage
          known={packages.data.value ?? []}
          onClose={() => {
            adding.value = false;
          }}
        />
      )}
      {starting.value && (
        <StartRollout
          packages={ready}
          chosen={starting.value}
          onClose={() => {
            starting.value = null;
          }}
        />
      )}
    </div>
  );
}
