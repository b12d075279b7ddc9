/** Docks and missions by their names: to choose one of them, and as links. */

import { Link } from "wouter-preact";
import { all, answer, api } from "../api/client";
import { dockOf, docks, nameOf } from "../state/docks";
import { useResource } from "../state/resource";
import { Choice } from "./field";

interface PickProps {
  label?: string;
  value: string;
  onValue: (value: string) => void;
  /** The text of choosing none. */
  none?: string;
}

/** One of the organisation's docks, or none (""). A serial that is not among them, as of one that was unpaired, stays. */
export function DockPick({ label = "Dock", value, onValue, none = "All docks" }: PickProps) {
  const choices: [string, string][] = docks.value.map((dock) => [dock.sn, nameOf(dock.view.value)]);
  if (value && !dockOf(value)) choices.unshift([value, value]);
  return <Choice label={label} value={value} onValue={onValue} choices={[["", none], ...choices]} />;
}

/** One of the organisation's missions, newest first, or none (""). */
export function MissionPick({ label = "Mission", value, onValue, none = "All missions" }: PickProps) {
  const missions = useResource(
    () => all((after) => answer(api.GET("/v1/missions", { params: { query: { limit: 200, after } } })), 1000),
    [],
    60_000,
  );
  const choices: [string, string][] = (missions.data.value ?? []).map((mission) => [mission.id, mission.name]);
  if (value && !choices.some(([id]) => id === value)) choices.unshift([value, value]);
  return <Choice label={label} value={value} onValue={onValue} choices={[["", none], ...choices]} />;
}

/** A dock's name, which leads to it; its serial where it is not one of ours any more. */
export function DockLink({ sn }: { sn: string }) {
  const dock = dockOf(sn);
  if (!dock) return <span>{sn}</span>;
  return (
    <Link href={`/docks/${sn}`} title={sn}>
      {nameOf(dock.view.value)}
    </Link>
  );
}
