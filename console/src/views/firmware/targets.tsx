/** Which docks a rollout is for: by name, or by a filter. */

import { Choice, fields, MissionPick, TextField, Tick } from "../../ui";

export interface Targets {
  by: "docks" | "filter";
  sns: string[];
  mission: string;
  online: "" | "true" | "false";
  below: string;
}

export const DEFAULT_TARGETS: Targets = { by: "docks", sns: [], mission: "", online: "", below: "" };

export const targetFault = ({ by, sns }: Targets): string | undefined =>
  by === "docks" && !sns.length ? "Choose docks, or take them by a filter." : undefined;

export const targetBody = ({ by, sns, mission, online, below }: Targets) =>
  by === "docks"
    ? { docks: sns }
    : {
        filter: {
          mission: mission || null,
          online: online ? online === "true" : null,
          versionBelow: below.trim() || null,
        },
      };

interface Props {
  value: Targets;
  onChange: (value: Targets) => void;
  fitting: { sn: string; text: string }[];
}

export function TargetFields({ value, onChange, fitting }: Props) {
  const set = (changes: Partial<Targets>) => onChange({ ...value, ...changes });
  const field = fields(value, set);
  const toggled = (sn: string, on: boolean) => (on ? [...value.sns, sn] : value.sns.filter((each) => each !== sn));
  return (
    <fieldset>
      <legend>Docks</legend>
      <Choice
        label="Chosen"
        value={value.by}
        onValue={(by) => set({ by: by === "filter" ? "filter" : "docks" })}
        choices={[
          ["docks", "by name, in the order of ticking"],
          ["filter", "by a filter: all docks of the product that fit it"],
        ]}
      />
      {value.by === "docks" ? (
        <>
          <div class="firmware-docks">
            {fitting.map(({ sn, text }) => (
              <Tick key={sn} checked={value.sns.includes(sn)} onTick={(on) => set({ sns: toggled(sn, on) })}>
                <span title={sn}>{text}</span>
              </Tick>
            ))}
            {!fitting.length && <p class="dim">No dock of this product is paired.</p>}
          </div>
          <Tick
            checked={fitting.length > 0 && fitting.every(({ sn }) => value.sns.includes(sn))}
            disabled={!fitting.length}
            onTick={(on) => set({ sns: on ? fitting.map(({ sn }) => sn) : [] })}
          >
            All of them
          </Tick>
        </>
      ) : (
        <div class="filters">
          <MissionPick {...field("mission")} none="In any mission or none" />
          <Choice
            label="Connection"
            value={value.online}
            onValue={(online) => set({ online: online as Targets["online"] })}
            choices={[
              ["", "Online or offline"],
              ["true", "Online now"],
              ["false", "Offline now"],
            ]}
          />
          <TextField label="Dock version below" placeholder="17.01.05.06" {...field("below")} />
        </div>
      )}
    </fieldset>
  );
}
