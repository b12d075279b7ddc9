/** Remote debugging: what a person has the dock do, one job at a time, while nothing flies from it. */

import { useSignal } from "@preact/signals";
import { answer, api, type JobKind, onceKey } from "../../api/client";
import { type DockState, refreshDocks } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, Problem, ReasonButton, SagaLink, Tag } from "../../ui";
import { notNowOf } from "./allowed";
import { JobForm } from "./job-form";
import { JobList } from "./job-list";
import { DANGERS, GROUPS, labelOf, stateOf } from "./jobs";

export function Debug({ dock }: { dock: DockState }) {
  const { sn } = dock;
  const path = { params: { path: { sn } } };
  const debug = useResource(() => answer(api.GET("/v1/docks/{sn}/debug", path)), [sn], 5000);
  const jobs = useResource(
    async () =>
      (await answer(api.GET("/v1/docks/{sn}/jobs", { params: { path: { sn }, query: { limit: 20 } } }))).items,
    [sn],
    2000,
  );
  const form = useSignal<JobKind | undefined>(undefined);
  const again = async () => {
    await Promise.all([debug.refresh(), jobs.refresh(), refreshDocks()]);
  };
  const order = useAction(async (method: string, data: Record<string, unknown>) => {
    try {
      await answer(
        api.POST("/v1/docks/{sn}/jobs", {
          params: { path: { sn }, header: onceKey() },
          body: { method, data, reason: "" },
        }),
      );
    } finally {
      await again();
    }
  });
  const enter = useAction(async (reason: string) => {
    await answer(api.POST("/v1/docks/{sn}/debug", { ...path, body: { reason } }));
    await again();
  });
  const leave = useAction(async () => {
    await answer(api.DELETE("/v1/docks/{sn}/debug", path));
    await again();
  });

  const running = jobs.data.value?.find((job) => job.status === "running" || job.status === "waiting");
  const notNow = notNowOf(dock.view.value);
  const whyNot = notNow ?? (running ? `The dock does something already: ${labelOf(running.method)}.` : undefined);
  const found = debug.data.value;
  const open = found?.phase === "open";
  const kinds = new Map(found?.jobs.map((kind) => [kind.method, kind]));
  const grouped = new Set(GROUPS.flatMap((group) => group.methods));
  const others = [...kinds.keys()].filter((method) => !grouped.has(method));
  const groups = [...GROUPS, { title: "Other", methods: others, of: undefined }];

  return (
    <section class="card">
      <div class="row apart">
        <h2>Remote debugging</h2>
        <div class="row">
          {found && <Tag tone={open ? "warn" : "idle"}>{open ? "open" : "closed"}</Tag>}
          {open && <SagaLink saga={found?.saga} />}
          <Age at={debug.at.value} oldAfter={20} />
          {open ? (
            <Button pending={leave.pending.value} reason={lacksRole("operator")} onClick={() => leave.run()}>
              Leave debug mode
            </Button>
          ) : (
            <ReasonButton
              title="Enter remote debugging?"
              detail="The dock is held for it, and flies nothing until it is left. It is left by itself after a while."
              yes="Enter"
              pending={enter.pending.value}
              reason={notNow}
              onClick={(reason) => enter.run(reason)}
            >
              Enter debug mode
            </ReasonButton>
          )}
        </div>
      </div>
      <p class="dim">A job enters debug mode by itself. {notNow && <span class="warn">Not now: {notNow}</span>}</p>
      <Problem error={order.error.value ?? enter.error.value ?? leave.error.value ?? debug.error.value} />
      <div class="dock-jobs">
        {groups.map(({ title, methods, of }) => {
          const able = methods.map((method) => kinds.get(method)).filter((kind) => kind !== undefined);
          if (!able.length) return null;
          const said = of && stateOf(of, dock.dock.value.data);
          return (
            <div key={title}>
              <h3>
                {title}
                {said && <span class="dim">: {said}</span>}
              </h3>
              <div class="row">
                {able.map((kind) => {
                  const danger = DANGERS[kind.method];
                  return (
                    <Button
                      key={kind.method}
                      kind={danger?.grave ? "danger" : "plain"}
                      pending={order.pending.value}
                      reason={whyNot}
                      confirm={danger && { title: `${labelOf(kind.method)}?`, detail: danger.detail, yes: "Do it" }}
                      onClick={() => {
                        if (kind.fields.length) form.value = kind;
                        else void order.run(kind.method, {});
                      }}
                    >
                      {kind.fields.length ? `${labelOf(kind.method)}…` : labelOf(kind.method)}
                    </Button>
                  );
                })}
              </div>
            </div>
          );
        })}
      </div>
      {form.value && (
        <JobForm
          kind={form.value}
          onClose={() => {
            form.value = undefined;
          }}
          onOrder={(data) => {
            const method = form.value?.method;
            form.value = undefined;
            if (method) void order.run(method, data);
          }}
        />
      )}
      <JobList of={jobs} />
    </section>
  );
}
