/** All docks as tiles. */

import { docks, listed, nameOf } from "../../state/docks";
import { Age, Problem, StatusTag } from "../../ui";

export default function Docks() {
  return (
    <div class="pad">
      <h1>Docks</h1>
      <Problem error={listed.value.error} />
      <ul class="tiles">
        {docks.value.map((dock) => (
          <li key={dock.sn} class="card">
            <h2>{nameOf(dock.view.value)}</h2>
            <StatusTag status={dock.view.value.status} /> <Age at={dock.dock.value.at} />
          </li>
        ))}
      </ul>
    </div>
  );
}
