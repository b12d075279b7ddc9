/** Files that docks reported and that the bucket does not hold, or holds otherwise. They are no media. */

import { answer, api } from "../../api/client";
import { usePaged } from "../../state/paged";
import { Age, DockLink, List, More, Tag } from "../../ui";

interface Props {
  dock: string | undefined;
  flight: string | undefined;
}

export function Reports({ dock, flight }: Props) {
  const reports = usePaged(
    (after) => answer(api.GET("/v1/media/reports", { params: { query: { after, dock, flight } } })),
    [dock, flight],
    30_000,
  );
  return (
    <>
      <h2>Reported, and not in the bucket</h2>
      <List
        of={reports}
        caption="Files that were reported and are not in the bucket"
        columns={["File", "Dock", "Why", "State", "Reported", "Looked for"]}
        keyOf={(each) => each.id}
        empty="All files that docks reported are in the bucket."
        row={(each) => [
          <span key="name" title={each.objectKey}>
            {each.name}
          </span>,
          <DockLink key="dock" sn={each.dockSn} />,
          each.reason,
          <Tag key="state" tone={each.open ? "busy" : "bad"}>
            {each.open ? "looked for again" : "given up"}
          </Tag>,
          <>
            {each.reports} ×, last <Age at={each.lastAt} />
          </>,
          `${each.looks} ×`,
        ]}
      />
      <More of={reports} />
    </>
  );
}
