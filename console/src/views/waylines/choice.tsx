/** Choosing an uploaded or drawn route. */

import type { Signal } from "@preact/signals";
import { all, answer, api } from "../../api/client";
import { dockOf } from "../../state/docks";
import { useResource } from "../../state/resource";
import { bound, Choice, Problem } from "../../ui";
import { LOST_LINK } from "./words";

const MOST = 500;

interface Props {
  value: Signal<string>;
  /** Of the dock that is to fly it: routes for other aircraft say so. */
  sn?: string | undefined;
}

export function WaylineChoice({ value, sn }: Props) {
  const waylines = useResource(
    () => all((after) => answer(api.GET("/v1/waylines", { params: { query: { limit: 100, after } } })), MOST),
    [],
    15_000,
  );
  const found = waylines.data.value ?? [];
  const chosen = found.find((each) => each.id === value.value);
  const inside = dockOf(sn ?? "")?.dock.value.data.sub_device as { device_model_key?: string } | undefined;
  const aircraft = inside?.device_model_key;
  const other = (key: string) => (aircraft !== undefined && key !== aircraft ? `, for another aircraft (${key})` : "");
  return (
    <>
      <Choice
        label="Route"
        {...bound(value)}
        choices={[
          ["", waylines.data.value ? "Choose a route" : "Loading…"],
          ...found.map(
            (each) =>
              [
                each.id,
                `${each.name}: ${each.waypoints} points, ${Math.round(each.lengthM)} m${other(each.aircraft)}`,
              ] as const,
          ),
        ]}
        hint={
          chosen
            ? `Without a link the aircraft ${LOST_LINK[chosen.exitWaylineWhenRcLost] ?? "does what the file says"}, as the file says.`
            : undefined
        }
      />
      <Problem error={waylines.error.value} />
    </>
  );
}
