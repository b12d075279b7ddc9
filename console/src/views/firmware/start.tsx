/** A rollout is started: packages, docks, and how it spreads. */

import { useSignal } from "@preact/signals";
import { useLocation } from "wouter-preact";
import { answer, api, type PackageView } from "../../api/client";
import { docks as known, nameOf } from "../../state/docks";
import { useOnce } from "../../state/once";
import { useAction } from "../../state/resource";
import { Button, bound, Dialog, Problem, TextField, Tick } from "../../ui";
import { type Plan, PlanFields, planBody, planFault, USUAL } from "./plan";
import { dockOfProduct } from "./products";
import { DEFAULT_TARGETS, TargetFields, type Targets, targetBody, targetFault } from "./targets";

interface Props {
  packages: PackageView[];
  chosen: string[];
  onClose: () => void;
}

export function StartRollout({ packages, chosen, onClose }: Props) {
  const [, go] = useLocation();
  const ids = useSignal<string[]>(chosen);
  const name = useSignal("");
  const targets = useSignal<Targets>(DEFAULT_TARGETS);
  const plan = useSignal<Plan>(USUAL);
  const once = useOnce();

  const taken = packages.filter((each) => ids.value.includes(each.id));
  const houses = new Set(taken.map((each) => dockOfProduct(each.product)));
  const house = houses.size === 1 ? [...houses][0] : undefined;
  const fitting = known.value.map((dock) => dock.view.value).filter((view) => !house || view.product === house);

  let reason: string | undefined;
  if (!taken.length) reason = "Choose a package.";
  else if (houses.size > 1) reason = "The two packages are not for one dock and its aircraft.";
  else if (taken.length === 2 && taken[0]?.target === taken[1]?.target)
    reason = `Both are for the ${taken[0]?.target}.`;
  else reason = targetFault(targets.value) ?? planFault(plan.value);

  const start = useAction(async () => {
    const body = {
      packages: ids.value,
      name: name.value.trim() || null,
      ...targetBody(targets.value),
      ...planBody(plan.value),
    };
    const made = await once(body, (header) => answer(api.POST("/v1/firmware/rollouts", { params: { header }, body })));
    go(`/firmware/rollouts/${made.id}`);
  });

  return (
    <Dialog title="Start a rollout" wide onClose={onClose}>
      <div class="firmware-start">
        <fieldset>
          <legend>Packages: one for the dock, one for its aircraft, or both</legend>
          {packages.map((each) => (
            <div key={each.id}>
              <Tick
                checked={ids.value.includes(each.id)}
                onTick={(on) => {
                  ids.value = on ? [...ids.value, each.id] : ids.value.filter((id) => id !== each.id);
                }}
              >
                {each.productName}, version {each.version} <span class="dim">{each.fileName}</span>
              </Tick>
            </div>
          ))}
        </fieldset>
        <TextField label="Name" hint="May be left out: the packages' names then." maxLength={128} {...bound(name)} />
        <TargetFields
          value={targets.value}
          onChange={(changed) => {
            targets.value = changed;
          }}
          fitting={fitting.map((view) => ({
            sn: view.sn,
            text: `${nameOf(view)}, ${view.firmwareVersion ?? "version not known"}${view.online ? "" : ", offline"}`,
          }))}
        />
        <PlanFields
          value={plan.value}
          onChange={(changed) => {
            plan.value = changed;
          }}
        />
        <Problem error={start.error.value} />
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="main"
            reason={reason}
            pending={start.pending.value}
            onClick={start.run}
            confirm={{
              title: "Start this rollout?",
              detail:
                "Docks that it comes to are held, restart, and fly nothing meanwhile. A dock that has its order cannot be called back, and an aircraft cannot go back to an older version.",
              yes: "Start it",
            }}
          >
            Start
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
