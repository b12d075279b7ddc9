/**
 * Bringing a package into the bucket: its MD5 is taken piece by piece, then the file goes up by a link. It goes on while
 * other views are looked at; one at a time.
 */

import { signal } from "@preact/signals";
import SparkMD5 from "spark-md5";
import { answer, api, onceKey, type PackageView, Refused } from "../../api/client";

export type Stage = "reading" | "announcing" | "uploading" | "checking" | "done" | "failed";

export interface Upload {
  name: string;
  size: number;
  stage: Stage;
  /** Bytes read or sent, in `reading` and `uploading`. */
  done: number;
  /** When the stage began (milliseconds). */
  since: number;
  error: Error | null;
  stop: () => void;
}

export const upload = signal<Upload | null>(null);

const PIECE = 4 * 1024 * 1024;
/** DJI's own names: code of the product, version. The API reads them the same way and has the last word. */
const NAME = /^([A-Z]{2,4}\d{2,5}[A-Z]{0,3})_(\d{1,3}(?:\.\d{1,4}){2,3})(?:_[\w.-]{0,64})?\.zip$/i;

export function nameParts(name: string): { code: string; version: string } | null {
  const found = NAME.exec(name);
  return found?.[1] && found[2] ? { code: found[1].toUpperCase(), version: found[2] } : null;
}

export const busy = (at: Upload | null): boolean => at !== null && at.stage !== "done" && at.stage !== "failed";

const set = (changes: Partial<Upload>) => {
  if (upload.value) upload.value = { ...upload.value, ...changes };
};
const enter = (stage: Stage) => set({ stage, done: 0, since: Date.now() });

/** Bring it in. `upload` says how far it is; the problem stands in `upload.error`. */
export async function bringIn(file: File, product: string, releaseNotes: string): Promise<void> {
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  upload.value = { name: file.name, size: file.size, stage: "reading", done: 0, since: Date.now(), error: null, stop };
  window.addEventListener("beforeunload", hold);
  try {
    const md5 = await md5Of(file, stopped.signal);
    enter("announcing");
    const found = await announced(file, md5, product, releaseNotes);
    if (found.upload) {
      enter("uploading");
      await put(found.upload, file, stopped.signal);
    }
    enter("checking");
    await answer(
      api.POST("/v1/firmware/packages/{firmware_id}/complete", { params: { path: { firmware_id: found.id } } }),
    );
    enter("done");
  } catch (error) {
    set({ stage: "failed", error: error as Error });
  } finally {
    window.removeEventListener("beforeunload", hold);
  }
}

/** The browser asks before it leaves a page that has an upload. */
const hold = (event: BeforeUnloadEvent) => event.preventDefault();

async function md5Of(file: File, stopped: AbortSignal): Promise<string> {
  const sum = new SparkMD5.ArrayBuffer();
  for (let start = 0; start < file.size; start += PIECE) {
    if (stopped.aborted) throw stoppedByHand();
    sum.append(await file.slice(start, start + PIECE).arrayBuffer());
    set({ done: Math.min(start + PIECE, file.size) });
  }
  return sum.end();
}

/** The package with its link: the one that this same file was announced as before and that has not come, or a new one. */
async function announced(file: File, md5: string, product: string, releaseNotes: string): Promise<PackageView> {
  const query = { status: "uploading", product, limit: 100 } as const;
  const waiting = await answer(api.GET("/v1/firmware/packages", { params: { query } }));
  const same = waiting.items.find((each) => each.md5 === md5 && each.fileName === file.name);
  if (same) {
    const path = { firmware_id: same.id };
    return answer(api.GET("/v1/firmware/packages/{firmware_id}", { params: { path } }));
  }
  const body = { fileName: file.name, product, size: file.size, md5, releaseNotes };
  return answer(api.POST("/v1/firmware/packages", { params: { header: onceKey() }, body }));
}

/** By XMLHttpRequest, which tells how much has been sent. */
function put(link: NonNullable<PackageView["upload"]>, file: File, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(link.method, link.url);
    for (const [name, value] of Object.entries(link.headers))
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value); // the browser's own to set
    request.upload.onprogress = (event) => set({ done: event.loaded });
    request.onload = () =>
      request.status < 300
        ? resolve()
        : reject(
            new Refused({
              title: "Not uploaded",
              detail: `The bucket answered with ${request.status}${wordOf(request.responseText)}.`,
              cure: "Choose the file again: it goes on with the same package.",
            }),
          );
    request.onerror = () =>
      reject(
        new Refused({
          title: "Not uploaded",
          detail: "The bucket was not reached, or the connection was lost on the way.",
          cure: "Choose the file again once it is reached: it goes on with the same package.",
        }),
      );
    request.onabort = () => reject(stoppedByHand());
    stopped.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

const wordOf = (xml: string): string => {
  const code = /<Code>(\w+)<\/Code>/.exec(xml)?.[1];
  return code ? ` (${code})` : "";
};

const stoppedByHand = () =>
  new Refused({ title: "Stopped", detail: "The upload was stopped here.", cure: "Choose the file again to go on." });
