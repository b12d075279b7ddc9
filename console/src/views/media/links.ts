/** Links that fetch a file from the bucket; each lives for ten minutes, so it is asked for when it is needed. */

import { answer, api } from "../../api/client";

export async function linkOf(id: string): Promise<string> {
  const found = await answer(api.GET("/v1/media/{media_id}/link", { params: { path: { media_id: id } } }));
  return found.url;
}

/** The bucket says "attachment", so the browser saves it and the page stays. */
export async function download(id: string): Promise<void> {
  location.assign(await linkOf(id));
}
