/** All docks as tiles. */

import { docks, listed } from "../../state/docks";
import { Problem } from "../../ui";
import { DockTile } from "./tile";

export default function Docks() {
  return (
    <div class="pad">
      <h1>Docks</h1>
      <Problem error={listed.value.error} />
      <ul class="tiles">
        {docks.value.map(({ sn }) => (
          <li key={sn}>
            <DockTile sn={sn} />
          </li>
        ))}
      </ul>
    </div>
  );
}
