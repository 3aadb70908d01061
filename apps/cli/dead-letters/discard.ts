import { anyAnswer } from "../answers.ts";
import { createApi } from "../api.ts";
import { findPlatform } from "../settings.ts";
import type { Terminal } from "../terminal.ts";

export async function discardEach(
  ids: readonly string[],
  { note }: { note: string },
  terminal: Terminal,
): Promise<void> {
  const api = createApi(findPlatform());
  for (const id of new Set(ids)) {
    const path = `/api/v1/dead-letters/${encodeURIComponent(id)}?${new URLSearchParams({ note })}`;
    await api.call({ method: "DELETE", path, answer: anyAnswer });
    terminal.out(`${id} is discarded`);
  }
}
