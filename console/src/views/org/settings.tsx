/** The organisation's settings: name, seats, limits, DJI's application, the broker, and how long things are kept. */

import { answer, api } from "../../api/client";
import { useResource } from "../../state/resource";
import { Age, Problem } from "../../ui";
import { BrokerCard } from "./broker";
import { DeletionCard } from "./deletion";
import { DjiCard } from "./dji";
import { ExportsCard } from "./exports";
import { LimitsCard } from "./limits";
import { RetentionCard } from "./retention";
import "./org.css";

export default function Settings() {
  const org = useResource(() => answer(api.GET("/v1/org")), [], 15_000);
  const found = org.data.value;
  return (
    <div class="pad">
      <h1>Settings</h1>
      <Problem error={org.error.value} />
      {found && (
        <>
          <p class="dim">
            Organisation {found.id}, as read <Age at={org.at.value} oldAfter={60} />
          </p>
          <div class="org-cards">
            <LimitsCard org={found} onChanged={org.refresh} />
            <DjiCard org={found} onChanged={org.refresh} />
            <BrokerCard org={found} onChanged={org.refresh} />
            <RetentionCard />
            <DeletionCard org={found} />
          </div>
          <ExportsCard />
        </>
      )}
    </div>
  );
}
