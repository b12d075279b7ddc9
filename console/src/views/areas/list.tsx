/** The areas one by one: name, kind, whether it counts, its size; for those who would rather write than draw. */

import { Button, Choice, TextField, Tick } from "../../ui";
import type { Drawn } from "./drawing";

interface Props {
  areas: Drawn[];
  locked: string | undefined;
  onEdit: (change: (areas: Drawn[]) => Drawn[]) => void;
  onLook: (id: string) => void;
}

const KINDS = [
  ["keep-in", "keep-in"],
  ["keep-out", "keep-out"],
] as const;

export function AreaList({ areas, locked, onEdit, onLook }: Props) {
  if (areas.length === 0) return <p class="empty">No areas yet. Draw one on the map, or open a GeoJSON file.</p>;
  return (
    <ol class="areas-list" aria-label="Areas">
      {areas.map((area, at) => {
        const { kind, name = "", enabled = true, radius = 0 } = area.properties;
        const change = (properties: Partial<Drawn["properties"]>) =>
          onEdit((all) =>
            all.map((each) =>
              each.id === area.id ? { ...each, properties: { ...each.properties, ...properties } } : each,
            ),
          );
        return (
          <li key={area.id} class="card">
            <div class="row">
              <TextField
                label={`Name of area ${at + 1}`}
                value={name}
                maxLength={64}
                disabled={locked !== undefined}
                onValue={(text) => change({ name: text })}
              />
              <Choice
                label="Kind"
                value={kind === "nfz" ? "keep-out" : kind === "dfence" ? "keep-in" : kind}
                choices={KINDS}
                disabled={locked !== undefined}
                onValue={(chosen) => change({ kind: chosen })}
              />
              {area.geometry.type === "Point" && (
                <TextField
                  label="Radius, m"
                  type="number"
                  min={10}
                  step={1}
                  value={String(radius)}
                  disabled={locked !== undefined}
                  onValue={(text) => change({ radius: Number(text) || 0 })}
                />
              )}
            </div>
            <div class="row">
              <Tick
                checked={enabled}
                disabled={locked !== undefined}
                onTick={(checked) => change({ enabled: checked })}
              >
                In force
              </Tick>
              <span class="dim">
                {area.geometry.type === "Point"
                  ? "circle"
                  : `${(area.geometry.coordinates[0]?.length ?? 1) - 1} corners`}
              </span>
              <Button label={`Show area ${at + 1}`} onClick={() => onLook(area.id)}>
                Show
              </Button>
              <Button
                kind="danger"
                label={`Remove area ${at + 1}`}
                reason={locked}
                onClick={() => onEdit((all) => all.filter((each) => each.id !== area.id))}
              >
                Remove
              </Button>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
