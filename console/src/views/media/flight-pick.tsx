/** A flight, of those that the mission or dock chosen has had, newest first. */

import { answer, api } from "../../api/client";
import { useResource } from "../../state/resource";
import { Choice } from "../../ui";

interface Props {
  mission: string | undefined;
  dock: string | undefined;
  value: string;
  onValue: (id: string) => void;
}

export function FlightPick({ mission, dock, value, onValue }: Props) {
  const flights = useResource(
    () => answer(api.GET("/v1/flights", { params: { query: { limit: 200, mission, dock } } })),
    [mission, dock],
    30_000,
  );
  const choices: [string, string][] = (flights.data.value?.items ?? []).map((flight) => [
    flight.id,
    `${flight.name}, ${new Date(flight.startedAt ?? flight.createdAt).toLocaleString([], { dateStyle: "short", timeStyle: "short" })}`,
  ]);
  if (value && !choices.some(([id]) => id === value)) choices.unshift([value, value]);
  return <Choice label="Flight" value={value} onValue={onValue} choices={[["", "All flights"], ...choices]} />;
}
