/** What can be set on the dock and its aircraft: listed as they say it, and set one at a time. */

import { useComputed, useSignal } from "@preact/signals";
import { answer, api, type PropertyView } from "../../api/client";
import type { DockState } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { Button, Choice, Dialog, List, Problem, TextField } from "../../ui";
import { awayOf } from "./allowed";
import { typed } from "./job-form";

export function PropertiesOf({ dock }: { dock: DockState }) {
  const { sn } = dock;
  const path = { params: { path: { sn } } };
  const properties = useResource(() => answer(api.GET("/v1/docks/{sn}/properties", path)), [sn], 10_000);
  const rows = useComputed(() => properties.data.value?.properties);
  const chosen = useSignal<PropertyView | undefined>(undefined);
  const said = useSignal<{ text: string; well: boolean } | undefined>(undefined);
  const set = useAction(async (property: PropertyView, value: string) => {
    said.value = undefined;
    const given = typed(property.type, value) as string | number | boolean;
    const got = await answer(
      api.PUT("/v1/docks/{sn}/properties/{property_path}", {
        params: { path: { sn, property_path: property.path } },
        body: { value: given, reason: "" },
      }),
    );
    const now = shown(got.property);
    said.value = got.confirmed
      ? { text: `${property.path} is ${now} now, by the word of the ${property.of}.`, well: true }
      : { text: `The dock said yes, but the ${property.of} shows ${now} for ${property.path}.`, well: false };
    await properties.refresh();
  });
  const view = dock.view.value;
  const away = awayOf(view);
  const flies = view.status === "flying" || view.status === "in_operation";
  return (
    <section class="card">
      <h2>Settings</h2>
      {said.value && (
        <p role="status" class={said.value.well ? "good" : "warn"}>
          {said.value.text}
        </p>
      )}
      <Problem error={set.error.value} />
      <List
        of={{ ...properties, data: rows }}
        caption="Settings"
        columns={["What", "Of", "Now", ""]}
        keyOf={(each) => each.path}
        row={(each) => [
          <>
            {each.meaning}
            <div class="dim">{each.path}</div>
          </>,
          each.of,
          shown(each),
          <Button
            key="set"
            label={`Set ${each.path}`}
            pending={set.pending.value}
            reason={away ?? (flies && !each.inFlight ? "Not while the aircraft flies." : undefined)}
            onClick={() => {
              chosen.value = each;
            }}
          >
            Set
          </Button>,
        ]}
        empty="Nothing can be set on this model."
      />
      {chosen.value && (
        <SetProperty
          of={chosen.value}
          onClose={() => {
            chosen.value = undefined;
          }}
          onSet={(value) => {
            const property = chosen.value;
            chosen.value = undefined;
            if (property) void set.run(property, value);
          }}
        />
      )}
    </section>
  );
}

function shown({ value, values, unit }: PropertyView): string {
  if (value === null || value === undefined) return "not told yet";
  const key = typeof value === "boolean" ? String(Number(value)) : String(value);
  const meaning = values[key] ?? values[String(value)];
  return meaning ?? (unit ? `${value} ${unit}` : String(value));
}

const YES_NO = [
  ["true", "yes"],
  ["false", "no"],
] as const;

function SetProperty(props: { of: PropertyView; onClose: () => void; onSet: (value: string) => void }) {
  const { of, onClose, onSet } = props;
  const counted = Object.entries(of.values);
  const choices = of.type === "boolean" ? YES_NO : counted;
  const first = of.value === null || of.value === undefined ? (choices[0]?.[0] ?? "") : String(of.value);
  const text = useSignal(first);
  const take = (given: string) => {
    text.value = given;
  };
  const bounds = [of.low != null && `from ${of.low}`, of.high != null && `to ${of.high}`].filter(Boolean).join(" ");
  const hint = [bounds, of.unit].filter(Boolean).join(" ");
  return (
    <Dialog title={`Set ${of.path}`} onClose={onClose}>
      <p>{of.meaning}</p>
      {choices.length ? (
        <Choice label="Value" value={text.value} choices={choices} onValue={take} />
      ) : (
        <TextField label="Value" {...(hint && { hint })} value={text.value} onValue={take} />
      )}
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="main" reason={text.value === "" ? "Give a value." : undefined} onClick={() => onSet(text.value)}>
          Set it
        </Button>
      </div>
    </Dialog>
  );
}
