import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { serve } from "../worker.ts";

// The floor of the queries: a bare HTTP server that does nothing but run one statement per path and answer its rows.

/** By path; the body is the parameters, a JSON array. */
export type Statements = Readonly<Record<string, string>>;

let pool: pg.Pool;

const tasks = {
  async open({ databaseUrl, statements }: { databaseUrl: string; statements: Statements }) {
    pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const name = request.url?.slice(1) ?? "";
      const values = JSON.parse(Buffer.concat(chunks).toString());
      const { rows } = await pool.query({ name, text: statements[name] ?? "", values });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(rows));
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
};

export type SqlServer = typeof tasks;

serve(tasks, async () => pool?.end());
