/** A plan: its legs with docks, ranges and hand-offs; which docks fly nothing, and which could be spared. */

import { dockName } from "../../state/docks";
import { Age, count, DockLink, duration, Tag } from "../../ui";
import type { Found } from "./plan";
import { metres, percent, range } from "./words";

const OLD = 120; // seconds: batteries and wind are others then
const STRAINED = 0.9; // of what the battery allows

export function Planned({ found, old }: { found: Found; old: boolean }) {
  const { plan, body } = found;
  const flown = new Set(plan.legs.map((leg) => leg.dockSn));
  const idle = body.docks.filter((sn) => !flown.has(sn));
  return (
    <section class="card" aria-label="Legs of the plan">
      <h2 class="row">
        {metres(plan.lengthM)} in {count(plan.legs.length, "leg")}
        {old && <Tag tone="warn">old: something was changed since</Tag>}
      </h2>
      <div class="scroll">
        <table>
          <caption class="unseen">Who would fly what</caption>
          <thead>
            <tr>
              <th scope="col">Leg</th>
              <th scope="col">Dock</th>
              <th scope="col">Part of the route</th>
              <th scope="col">Handed off</th>
              <th scope="col">In the air</th>
              <th scope="col">Of its battery's budget</th>
            </tr>
          </thead>
          <tbody>
            {plan.legs.map((leg, at) => {
              const next = plan.legs[at + 1];
              return (
                <tr key={leg.dockSn}>
                  <td>{at + 1}</td>
                  <td>
                    <DockLink sn={leg.dockSn} />
                  </td>
                  <td>
                    {range(leg)} <span class="dim">({metres(leg.end - leg.start)})</span>
                  </td>
                  <td>{next ? `at ${Math.round(leg.end)} m to ${dockName(next.dockSn)}` : "end of the route"}</td>
                  <td>{duration(leg.seconds)}</td>
                  <td class={leg.share > STRAINED ? "warn" : undefined}>{percent(leg.share)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="dim">
        The budget is what the battery gives now above the reserve, with the ways out and home and the wind that the
        dock measures against it.
      </p>
      {idle.length > 0 && (
        <p>
          Flies nothing and is not leased, since it is not needed or reaches nothing: {idle.map(dockName).join(", ")}.
        </p>
      )}
      <p>
        {plan.skippable.length > 0
          ? `Without any one of these the others still cover the route: ${plan.skippable.map(dockName).join(", ")}.`
          : "Every dock of it is needed: where one does not fly, the relay asks what to do."}
      </p>
      <p class="foot dim">
        planned <Age at={found.at} oldAfter={OLD} />; the start plans again, with the docks as they are then
      </p>
    </section>
  );
}
