import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { type AnsweringServer, type Reply, startAnsweringServer } from "../../test/answering-server.ts";
import { type ApiError, createApi } from "./api.ts";

let server: AnsweringServer | undefined;
afterEach(() => server?.close());

async function call(reply: Reply): Promise<{ answered?: unknown; error: ApiError }> {
  server = await startAnsweringServer(() => reply);
  const api = createApi({ url: server.url, apiKey: "k" });
  const answer = z.object({ ok: z.boolean() });
  const call = api.call({ method: "POST", path: "/api/v1/keys", body: { a: 1 }, answer });
  return call.then(
    ({ body }) => ({ answered: body, error: undefined as never }),
    (error) => ({ error }),
  );
}

describe("createApi", () => {
  it("sends the key and JSON, and gives back the checked answer", async () => {
    expect(await call({ status: 200, body: { ok: true, more: 1 } })).toMatchObject({
      answered: { ok: true },
    });
    expect(server?.asked).toMatchObject([
      { method: "POST", path: "/api/v1/keys", body: { a: 1 }, headers: { authorization: "Bearer k" } },
    ]);
  });

  it("says what the API refused, field by field, and the request's id", async () => {
    const errors = [{ path: "scopes[0]", message: "unknown" }];
    const { error } = await call({
      status: 400,
      body: { detail: "invalid body", errors, request_id: "r-1" },
    });
    expect(error.message).toBe("POST /api/v1/keys: 400 invalid body\n  scopes[0]: unknown\n  request id r-1");
    expect(error).toMatchObject({ status: 400, passing: false, faults: errors });
  });

  it.each([
    [429, true],
    [503, true],
    [504, true],
    [401, false],
    [500, false],
  ])("knows whether %i may pass", async (status, passing) => {
    expect((await call({ status })).error).toMatchObject({ status, passing });
  });

  it("reads Retry-After as seconds or as a date", async () => {
    expect((await call({ status: 503, headers: { "retry-after": "2" } })).error.retryAfterMs).toBe(2_000);
    await server?.close();
    const date = new Date(Date.now() + 60_000).toUTCString();
    const { error } = await call({ status: 503, headers: { "retry-after": date } });
    expect(error.retryAfterMs).toBeGreaterThan(55_000);
  });

  it("says why there was no answer", async () => {
    const { error } = await call("silence");
    expect(error.message).toContain(`cannot reach ${server?.url}: `);
    const { url = "" } = server ?? {};
    await server?.close();
    server = undefined;
    const api = createApi({ url, apiKey: "k" });
    await expect(api.call({ method: "GET", path: "/", answer: z.unknown() })).rejects.toMatchObject({
      message: `cannot reach ${url}: ECONNREFUSED`,
      passing: true,
    });
  });

  it("does not take any web page for the platform", async () => {
    expect((await call({ status: 200, body: "hello" })).error.message).toContain(
      "does not answer as this platform",
    );
  });
});
