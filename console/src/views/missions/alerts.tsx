/** What stands of the mission's docks' alerts, and what happened once and nobody has seen to yet. */

import { useSignalEffect } from "@preact/signals";
import { Link } from "wouter-preact";
import { type AlertView, all, answer, api } from "../../api/client";
import { dockName } from "../../state/docks";
import { onLive } from "../../state/live";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, Problem } from "../../ui";
import { LevelTag } from "../alerts/about";

const SHOWN = 200;

export function StandingAlerts({ mission, sns }: { mission: string; sns: string[] }) {
  const alerts = useResource(async () => {
    const ask = (query: { open?: boolean; acknowledged?: boolean; sn?: string; mission?: string }) =>
      all((after) => answer(api.GET("/v1/alerts", { params: { query: { ...query, limit: 100, after } } })), SHOWN);
    const [unseen, ...open] = await Promise.all([
      ask({ mission, acknowledged: false }),
      ...sns.map((sn) => ask({ sn, open: true })),
    ]);
    const found = new Map([...open.flat(), ...unseen].map((alert) => [alert.id, alert]));
    return [...found.values()].sort((a, b) => +b.open - +a.open || Date.parse(b.raisedAt) - Date.parse(a.raisedAt));
  }, [mission, sns.join()]);
  useSignalEffect(() =>
    onLive((message) => {
      if (message.part === "alerts" && sns.includes(message.sn)) void alerts.refresh();
    }),
  );
  const items = alerts.data.value;
  return (
    <section aria-labelledby="missions-alerts">
      <div class="row apart">
        <h2 id="missions-alerts">Alerts</h2>
        <Link href="/alerts">all</Link>
      </div>
      <Problem error={alerts.error.value} />
      <div aria-live="polite">
        {items?.length === 0 && <p class="dim">Nothing stands.</p>}
        <ul class="missions-alerts">
          {items?.map((alert) => (
            <Standing key={alert.id} alert={alert} onSeen={alerts.refresh} />
          ))}
        </ul>
      </div>
      {alerts.at.value > 0 && (
        <p class="foot dim">
          as read <Age at={alerts.at.value} oldAfter={30} />
        </p>
      )}
    </section>
  );
}

function Standing({ alert, onSeen }: { alert: AlertView; onSeen: () => Promise<void> }) {
  const seen = useAction(async () => {
    const params = { path: { alert_id: alert.id } };
    await answer(api.POST("/v1/alerts/{alert_id}/acknowledge", { params, body: { note: "" } }));
    await onSeen();
  });
  return (
    <li>
      <div class="row">
        <LevelTag level={alert.level} />
        <strong>{dockName(alert.sn)}</strong>
        <Age at={alert.raisedAt} />
        {!alert.open && <span class="dim">over</span>}
      </div>
      <p>{alert.text}</p>
      {alert.acknowledged ? (
        <p class="dim">Seen to by {alert.acknowledgement?.user}</p>
      ) : (
        <Button
          label={`Acknowledge: ${alert.text}`}
          reason={lacksRole("operator")}
          pending={seen.pending.value}
          onClick={seen.run}
        >
          Acknowledge
        </Button>
      )}
      <Problem error={seen.error.value} />
    </li>
  );
}
