/** The data of a job, field by field, as the API says what the job takes. */

import { useState } from "preact/hooks";
import type { JobField, JobKind } from "../../api/client";
import { Button, Choice, Dialog, TextField } from "../../ui";
import { labelOf } from "./jobs";

type Given = Record<string, unknown>;

interface Props {
  kind: JobKind;
  onClose: () => void;
  onOrder: (data: Given) => void;
}

export function JobForm({ kind, onClose, onOrder }: Props) {
  const [data, setData] = useState<Given>(() => begin(kind.fields));
  const missing = lacking(kind.fields, data);
  return (
    <Dialog title={labelOf(kind.method)} onClose={onClose}>
      <p>{kind.meaning}</p>
      <Fields of={kind.fields} data={data} onData={setData} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="main" reason={missing && `Fill in: ${missing}`} onClick={() => onOrder(sent(kind.fields, data))}>
          Do it
        </Button>
      </div>
    </Dialog>
  );
}

function Fields({ of, data, onData }: { of: JobField[]; data: Given; onData: (data: Given) => void }) {
  return (
    <>
      {of.map((field) => {
        const set = (value: unknown) => onData({ ...data, [field.name]: value });
        if (!field.fields?.length) return <Field key={field.name} of={field} value={data[field.name]} onValue={set} />;
        return (
          <fieldset key={field.name}>
            <legend>{field.meaning}</legend>
            <Fields of={field.fields} data={(data[field.name] ?? {}) as Given} onData={set} />
          </fieldset>
        );
      })}
    </>
  );
}

function Field({ of, value, onValue }: { of: JobField; value: unknown; onValue: (value: string) => void }) {
  const text = value === undefined ? "" : String(value);
  const label = of.meaning.replace(/\.$/, "");
  const choices = Object.entries(of.values);
  if (choices.length) return <Choice label={label} value={text} choices={choices} onValue={onValue} />;
  const bounds = [of.low != null && `from ${of.low}`, of.high != null && `to ${of.high}`].filter(Boolean).join(" ");
  const hint = [bounds, of.unit].filter(Boolean).join(" ");
  return <TextField label={label} {...(hint && { hint })} value={text} onValue={onValue} />;
}

/** With the first value of each choice: what a person sees chosen is what is sent. */
function begin(fields: JobField[]): Given {
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.fields?.length ? begin(field.fields) : (Object.keys(field.values)[0] ?? ""),
    ]),
  );
}

function lacking(fields: JobField[], data: Given): string | undefined {
  for (const field of fields) {
    const value = data[field.name];
    if (field.fields?.length) {
      const within = lacking(field.fields, value as Given);
      if (within) return within;
    } else if (field.required && value === "") return field.meaning;
  }
  return undefined;
}

/** As DJI types it: numbers as numbers, and a list where it wants one. The API checks it, and names what is wrong. */
function sent(fields: JobField[], data: Given): Given {
  const found: Given = {};
  for (const field of fields) {
    const value = data[field.name];
    if (value === "" || value === undefined) continue;
    const one = field.fields?.length ? sent(field.fields, value as Given) : typed(field.type, String(value));
    found[field.name] = field.many ? [one] : one;
  }
  return found;
}

/** A text of a form as the type that the API wants; what is no number is sent as it is, and refused by name. */
export function typed(type: string, text: string): unknown {
  if (type === "boolean") return text === "true" || text === "1";
  if ((type === "integer" || type === "number") && text.trim() !== "" && !Number.isNaN(Number(text)))
    return Number(text);
  return text;
}
