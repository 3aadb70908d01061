import { afterEach, describe, expect, it } from "vitest";
import {
  type AnsweringServer,
  type Asked,
  type Reply,
  startAnsweringServer,
} from "../../../test/answering-server.ts";
import { type ApiError, createApi } from "../api.ts";
import type { Batch } from "./batch.ts";
import { createSender, type Sender, type SenderOptions } from "./sender.ts";
import { type Report, Tally } from "./tally.ts";

let server: AnsweringServer;
afterEach(() => server.close());

const FIRST_LINE = 2;

function batchOf(size: number): Batch {
  const points = Array.from({ length: size }, (_, i) => ({
    point: { deviceId: "d 1", metricName: "m", time: i * 1_000_000, value: i },
    line: i + FIRST_LINE,
  }));
  return { file: "a.csv", deviceId: "d 1", points };
}

interface Sent {
  report: Report;
  error?: ApiError;
  pauses: string[];
}

async function sendAll(
  batches: readonly Batch[],
  reply: (asked: Asked, index: number) => Reply | Promise<Reply>,
  options: Partial<SenderOptions> = {},
): Promise<Sent> {
  server = await startAnsweringServer(reply);
  const tally = new Tally();
  const pauses: string[] = [];
  const sender: Sender = createSender({
    api: createApi({ url: server.url, apiKey: "k" }),
    tally,
    concurrency: 2,
    signal: new AbortController().signal,
    onPause: (error) => pauses.push(error.message.split("\n")[0] ?? ""),
    ...options,
  });
  const error = await feed(sender, batches, tally).catch((thrown: ApiError) => thrown);
  return { report: tally.report(), error: error ?? undefined, pauses };
}

async function feed(sender: Sender, batches: readonly Batch[], tally: Tally): Promise<void> {
  try {
    for (const batch of batches) {
      for (const _ of batch.points) tally.read();
      await sender.send(batch);
    }
  } finally {
    await sender.drain();
  }
}

const taken = ({ body }: Asked): Reply => {
  const { length } = (body as { data_points: unknown[] }).data_points;
  return { status: 200, body: { ingested_count: length, failed_count: 0, errors: [] } };
};

describe("createSender", () => {
  it("posts each batch to its device, compressed, under a key of its own", async () => {
    const { report } = await sendAll([batchOf(2), batchOf(3)], taken);
    expect(report).toMatchObject({ rows_read: 5, accepted: 5, refused: 0, unsent: 0 });
    for (const { path, headers } of server.asked) {
      expect(path).toBe("/api/v1/telemetry/devices/d%201/telemetry/batch");
      expect(headers["content-encoding"]).toBe("gzip");
    }
    // Both were under way at once: either may have come first.
    const bodies = server.asked.map(({ body }) => body);
    const first = { timestamp: "1970-01-01T00:00:00Z", metric_name: "m", value: 0 };
    expect(bodies).toHaveLength(2);
    expect(bodies).toContainEqual({ data_points: [first, expect.objectContaining({ value: 1 })] });
    expect(new Set(server.asked.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
  });

  it("repeats what failed in passing with the same key and content, until it is taken", async () => {
    const failures: Reply[] = [{ status: 503, headers: { "retry-after": "0" } }, "silence", { status: 429 }];
    const { report, pauses } = await sendAll([batchOf(2)], (asked, index) => failures[index] ?? taken(asked));
    expect(report).toMatchObject({ accepted: 2, unsent: 0 });
    expect(pauses).toHaveLength(3);
    expect(new Set(server.asked.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(new Set(server.asked.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it("waits as long as Retry-After says", async () => {
    const at: number[] = [];
    await sendAll([batchOf(1)], (asked, index) => {
      at.push(performance.now());
      return index === 0 ? { status: 503, headers: { "retry-after": "1" } } : taken(asked);
    });
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it("has no more requests under way than it may", async () => {
    let underWay = 0;
    let most = 0;
    const three = Promise.withResolvers<void>();
    await sendAll(
      Array.from({ length: 9 }, () => batchOf(1)),
      async (asked) => {
        most = Math.max(most, ++underWay);
        if (underWay === 3) three.resolve();
        await three.promise;
        underWay--;
        return taken(asked);
      },
      { concurrency: 3 },
    );
    expect(most).toBe(3);
  });

  it("counts refused points by their reason, with the lines they came from", async () => {
    const errors = [
      { index: 1, path: "data_points[1].timestamp", message: "too old" },
      { index: 1, path: "data_points[1].value", message: "too large" },
      { index: 3, path: "data_points[3].timestamp", message: "too old" },
    ];
    const { report } = await sendAll([batchOf(4)], () => ({
      status: 200,
      body: { ingested_count: 2, failed_count: 2, errors },
    }));
    expect(report).toMatchObject({
      accepted: 2,
      refused: 2,
      reasons: [{ reason: "timestamp: too old", count: 2, at: ["a.csv:3", "a.csv:5"] }],
    });
  });

  it("goes on after a batch of which every point was refused, of which the answer names a part", async () => {
    const errors = [{ path: "data_points[0].timestamp", message: "too old" }];
    const { report, error } = await sendAll(
      [batchOf(500), batchOf(2)],
      (asked, index) =>
        index === 0 ? { status: 422, body: { detail: "…", errors, request_id: "r" } } : taken(asked),
      { concurrency: 1 },
    );
    expect(error).toBeUndefined();
    expect(report).toMatchObject({
      accepted: 2,
      refused: 500,
      reasons: [{ reason: "timestamp: too old", count: 500, at: ["a.csv:2"] }],
    });
  });

  it("ends where the next batch would be refused as well, and says what was not sent", async () => {
    const batches = Array.from({ length: 20 }, () => batchOf(5));
    const { report, error } = await sendAll(batches, () => ({
      status: 403,
      body: { detail: "this credential lacks the scope ingest", request_id: "r" },
    }));
    expect(error?.message).toContain("403 this credential lacks the scope ingest");
    expect(server.asked.length).toBeLessThan(5);
    expect(report).toMatchObject({ accepted: 0, refused: 0, unsent: report.rows_read });
  });

  it("gives up on a platform that stays away", async () => {
    const { report, error } = await sendAll([batchOf(2)], () => ({ status: 503 }), { giveUpAfterMs: 300 });
    expect(error?.status).toBe(503);
    expect(report).toMatchObject({ accepted: 0, unsent: 2 });
  });

  it("does not wait to repeat anything once it is interrupted", async () => {
    const controller = new AbortController();
    const { report } = await sendAll(
      [batchOf(2)],
      () => {
        controller.abort();
        return { status: 503, headers: { "retry-after": "60" } };
      },
      { signal: controller.signal },
    );
    expect(report.unsent).toBe(2);
    expect(server.asked).toHaveLength(1);
  });
});
