import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type * as z from "zod";
import { manifest } from "../../functions/manifest.ts";
import { type Route, routesOf } from "../../functions/manifest-row.ts";
import { operations } from "../../functions/operations.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";

// Every route of the table, with what no route wants.

let platform: Platform;
let tables: string[];

beforeAll(async () => {
  platform = await startPlatform();
  tables = await tablesIn(platform.databaseUrl);
});

afterAll(async () => {
  await platform.stop();
});

async function tablesIn(connectionString: string): Promise<string[]> {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ relname: string }>(
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1",
  );
  await client.end();
  return rows.map(({ relname }) => relname);
}

const hostile = [
  "'; DROP TABLE points; DROP TABLE api_keys; --",
  "' OR '1'='1",
  "$1); DELETE FROM series; --",
  "a\u0000b",
  "\\",
  "%",
  "../../etc/passwd",
  "\ud800",
  "9".repeat(400),
  "-1",
  "1e400",
  "",
];

const routes = manifest
  .flatMap(routesOf)
  .filter(({ path }) => path !== "/docs")
  .map((route) => [`${route.method} ${route.path}`, route] as const);

const queryNames = ({ operation }: Route): string[] => {
  const schema = operations[operation]?.query as z.ZodObject | undefined;
  return schema && "shape" in schema ? Object.keys(schema.shape) : [];
};

function send(route: Route, path: string, body?: unknown) {
  if (route.method === "GET") return platform.get<Problem>(path);
  if (route.method === "DELETE") return platform.delete<Problem>(path);
  return route.method === "PUT" ? platform.put<Problem>(path, body) : platform.post<Problem>(path, body);
}

const pathWith = (path: string, text: string) =>
  path.replace(/\{[a-z_]+\}/g, () => (text === "" ? "x" : encodeURIComponent(text.toWellFormed())));

it.each(routes)(
  "%s takes hostile text in its path and query for text, or refuses it [NFR-009]",
  async (_, route) => {
    for (const text of hostile) {
      const names = queryNames(route);
      const queries = ["", ...names.map((name) => new URLSearchParams([[name, text]]).toString())];
      if (names.length > 0)
        queries.push(new URLSearchParams(Object.fromEntries(names.map((name) => [name, text]))).toString());
      for (const query of queries) {
        const path = `${pathWith(route.path, text)}?${query}`;
        const answer = await send(route, path, {});
        expect([path, answer.status < 500 ? "answered" : answer.status]).toEqual([path, "answered"]);
      }
    }
  },
);

it.each(routes.filter(([, route]) => route.method === "GET" && queryNames(route).length > 0))(
  "%s refuses a query parameter that it does not know, by name [NFR-009]",
  async (_, route) => {
    const answer = await send(route, `${pathWith(route.path, "x1")}?no_such_parameter=1`, {});
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining("no_such_parameter")]);
  },
);

it.each(routes.filter(([, { method }]) => method === "POST" || method === "PUT"))(
  "%s answers for a body that is none of its kind [NFR-009]",
  async (_, route) => {
    const bodies = [
      "{",
      "null",
      "[]",
      "[null]",
      '"text"',
      "1",
      '{"__proto__":{"admin":true}}',
      "[".repeat(50_000),
    ];
    for (const body of [...bodies, ...hostile.map((text) => JSON.stringify({ name: text, [text]: text }))]) {
      const { status } = await send(route, pathWith(route.path, "x1"), body);
      expect([body.slice(0, 60), status < 500 ? "answered" : status]).toEqual([
        body.slice(0, 60),
        "answered",
      ]);
    }
  },
);

it("has every table that it had, and works [NFR-009]", async () => {
  expect(await tablesIn(platform.databaseUrl)).toEqual(expect.arrayContaining(tables));
  expect((await platform.get("/health")).status).toBe(200);
  expect((await platform.get("/api/v1/keys")).status).toBe(200);
});
