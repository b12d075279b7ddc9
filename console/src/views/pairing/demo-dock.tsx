/** The switch of the demo dock: a simulated Dock 3 beside the system, which pairs itself as any other. */

import { Link } from "wouter-preact";
import { answer, api, Refused } from "../../api/client";
import { refreshDocks } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, Problem, Tag } from "../../ui";

export function DemoDock() {
  const demo = useResource(() => answer(api.GET("/v1/demo-dock")), [], 2000);
  const turn = useAction(async (enabled: boolean) => {
    await answer(api.POST("/v1/demo-dock", { body: { enabled } }));
    await Promise.all([demo.refresh(), refreshDocks()]);
  });
  const now = demo.data.value;
  const fault = demo.error.value;
  if (fault instanceof Refused && fault.problem.type?.endsWith("/no-simulator"))
    return <p class="dim">There is none here: {fault.problem.cure}</p>;
  return (
    <div>
      <div class="row">
        <Button
          kind={now?.enabled ? "plain" : "main"}
          pending={turn.pending.value}
          reason={now === undefined ? "It is not known yet whether it is on." : lacksRole("admin")}
          onClick={() => turn.run(!now?.enabled)}
        >
          {now?.enabled ? "Switch the demo dock off" : "Switch the demo dock on"}
        </Button>
        <span role="status" class="row">
          {now && <Tag tone={now.online ? "good" : now.enabled ? "busy" : "idle"}>{stateOf(now)}</Tag>}
        </span>
        {now && <Age at={demo.at.value} oldAfter={15} />}
        {now?.paired && <Link href={`/docks/${now.sn}`}>Open it</Link>}
      </div>
      <Problem error={turn.error.value ?? fault} />
    </div>
  );
}

function stateOf(demo: { enabled: boolean; paired: boolean; online: boolean }): string {
  if (!demo.enabled) return "off";
  if (!demo.paired) return "pairs itself";
  return demo.online ? "paired and online" : "paired, offline";
}
