/** What went wrong, as the API says it: the field, the cure, and DJI's code where a dock refused. */

import { Refused } from "../api/client";

export function Problem({ error }: { error: Error | null | undefined }) {
  if (!error) return null;
  const problem = error instanceof Refused ? error.problem : { title: "Something went wrong", detail: error.message };
  const { title, detail } = problem;
  const { field, cure, code, errors } = problem as Refused["problem"];
  return (
    <div class="problem" role="alert">
      <strong>{title}</strong>
      {code != null && <span class="code"> DJI {code}</span>}
      <p>{detail}</p>
      {field && <p class="dim">Field: {field}</p>}
      {errors && (
        <ul>
          {errors.map((each) => (
            <li key={`${each.field}`}>
              {String(each.field)}: {String(each.detail)}
            </li>
          ))}
        </ul>
      )}
      {cure && <p>{cure}</p>}
    </div>
  );
}
