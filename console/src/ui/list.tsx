/** Tables of what a resource reads: loading, empty, failed, and the rows; with the age of what is shown. */

import type { ComponentChildren } from "preact";
import type { Resource } from "../state/resource";
import { Age } from "./age";
import { Problem } from "./problem";

interface Props<T> {
  of: Resource<T[]>;
  /** For screen readers: what the table lists. */
  caption: string;
  columns: readonly string[];
  keyOf: (item: T) => string;
  row: (item: T) => ComponentChildren[];
  /** Said where there is nothing, with what to do about it. */
  empty: ComponentChildren;
}

export function List<T>({ of, caption, columns, keyOf, row, empty }: Props<T>) {
  const items = of.data.value;
  return (
    <section class="list" aria-label={caption}>
      <Problem error={of.error.value} />
      {items === undefined && !of.error.value && <p class="dim">Loading…</p>}
      {items?.length === 0 && <p class="empty">{empty}</p>}
      {items !== undefined && items.length > 0 && (
        <div class="scroll">
          <table>
            <caption class="unseen">{caption}</caption>
            <thead>
              <tr>
                {columns.map((name) => (
                  <th key={name} scope="col">
                    {name || <span class="unseen">Actions</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={keyOf(item)}>
                  {row(item).map((cell, at) => (
                    <td key={columns[at]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {of.at.value > 0 && (
        <p class="foot dim">
          as read <Age at={of.at.value} oldAfter={30} />
        </p>
      )}
    </section>
  );
}
