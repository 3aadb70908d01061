import { type Input, send } from "../../api/call.ts";
import { ApiError } from "../../api/error.ts";

export interface DownloadOptions {
  signal: AbortSignal;
  /** So many bytes have come. */
  onBytes: (bytes: number) => void;
}

/** Reads the export, with the session's credential, which no plain link could send. A file that broke off is none. */
export async function downloadCsv(
  query: Input<"exportCsv">["query"],
  { signal, onBytes }: DownloadOptions,
): Promise<File> {
  const response = await send("exportCsv", { query }, { signal });
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    for (const reader = response.body?.getReader(); reader; ) {
      const { value, done } = await reader.read();
      if (done) break;
      pieces.push(value);
      bytes += value.length;
      onBytes(bytes);
    }
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError({ status: 0, detail: "the file broke off on its way" }, { cause });
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  return new File(pieces, name ?? "telemetry.csv", { type: "text/csv" });
}

/** Hands a file to the browser, as a link would. */
export function save(file: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
