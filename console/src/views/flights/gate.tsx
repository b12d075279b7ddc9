/** The gate before a take-off: each limit with what was read, and whether it passed or was passed over. */

import type { ComponentChildren } from "preact";
import type { GateReading } from "../../api/client";
import { Tag } from "../../ui";
import { LIMITS, said } from "./words";

interface Props {
  readings: GateReading[];
  /** Beside a limit that does not pass: how to override it. */
  extra?: (reading: GateReading) => ComponentChildren;
}

export function GateTable({ readings, extra }: Props) {
  return (
    <div class="scroll">
      <table class="flights-gate">
        <caption class="unseen">Limits of the gate</caption>
        <thead>
          <tr>
            <th scope="col">Limit</th>
            <th scope="col">Reading</th>
            <th scope="col">Bound</th>
            <th scope="col">Decision</th>
          </tr>
        </thead>
        <tbody>
          {readings.map((reading) => (
            <tr key={reading.name}>
              <th scope="row">{LIMITS[reading.name]?.name ?? said(reading.name)}</th>
              <td>{value(reading)}</td>
              <td>{bound(reading)}</td>
              <td>
                <Tag tone={reading.passed ? "good" : reading.overridden ? "warn" : "bad"}>
                  {reading.passed ? "passes" : reading.overridden ? "overridden" : "fails"}
                </Tag>
                {reading.note && <p class="dim">{reading.note}</p>}
                {!reading.passed && extra?.(reading)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function value({ name, value }: GateReading): string {
  if (value === null || value === undefined) return "not said";
  if (LIMITS[name]?.bound === "is") return value === 0 ? "idle" : `mode ${value}`;
  return `${value} ${LIMITS[name]?.unit ?? ""}`.trim();
}

function bound({ name, limit }: GateReading): string {
  const how = LIMITS[name];
  if (how?.bound === "is") return "idle";
  return `${how ? `at ${how.bound} ` : ""}${limit} ${how?.unit ?? ""}`.trim();
}
