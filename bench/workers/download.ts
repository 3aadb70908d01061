import { request } from "node:http";
import { Client } from "pg";
import { machineMs } from "../measure.ts";
import { serve } from "../worker.ts";

// Reads a file of lines as fast as it comes, and keeps none of it: by HTTP, or by PostgreSQL's COPY.

export interface Downloaded {
  lines: number;
  ms: number;
}

const LINE_FEED = 10;

function countLines(piece: Uint8Array): number {
  let lines = 0;
  for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, at + 1)) lines++;
  return lines;
}

const tasks = {
  async http({ url, apiKey, path }: { url: string; apiKey: string; path: string }): Promise<Downloaded> {
    const startedAt = machineMs();
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const sent = request(`${url}${path}`, { headers: { "x-api-key": apiKey } }, (response) => {
      let lines = 0;
      response.on("data", (piece: Buffer) => (lines += countLines(piece)));
      response.on("error", reject);
      response.on("end", () => resolve(lines));
    });
    sent.on("error", reject).end();
    return { lines: await promise, ms: machineMs() - startedAt };
  },

  async copy({ databaseUrl, statement }: { databaseUrl: string; statement: string }): Promise<Downloaded> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const startedAt = machineMs();
    const copying = new Copying(statement);
    client.query(copying as never);
    const lines = await copying.done;
    const ms = machineMs() - startedAt;
    await client.end();
    return { lines, ms };
  },
};

/** What pg calls a Submittable: it has none for COPY … TO STDOUT. */
class Copying {
  readonly done: Promise<number>;
  #resolve: (lines: number) => void;
  #reject: (error: Error) => void;
  #statement: string;
  #lines = 0;

  constructor(statement: string) {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    [this.done, this.#resolve, this.#reject, this.#statement] = [promise, resolve, reject, statement];
  }

  submit(connection: { query(text: string): void }): void {
    connection.query(this.#statement);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#lines += countLines(chunk);
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#resolve(this.#lines);
  }

  handleError(error: Error): void {
    this.#reject(error);
  }
}

export type Download = typeof tasks;

serve(tasks);
