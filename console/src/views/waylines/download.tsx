/** Fetching the KMZ of a route, as it is kept. */

import { answer, api, type WaylineView } from "../../api/client";
import { useAction } from "../../state/resource";
import { Button, Problem } from "../../ui";

export function Download({ wayline }: { wayline: Pick<WaylineView, "id" | "name"> }) {
  const { run, pending, error } = useAction(async () => {
    const path = { wayline_id: wayline.id };
    const file = await answer(api.GET("/v1/waylines/{wayline_id}/file", { params: { path }, parseAs: "blob" }));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file as unknown as Blob);
    link.download = `${wayline.name}.kmz`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  return (
    <>
      <Button onClick={run} pending={pending.value} label={`Download ${wayline.name}`}>
        Download
      </Button>
      <Problem error={error.value} />
    </>
  );
}
