import { randomBytes } from "node:crypto";
import type { S3, S3ClientConfig } from "@aws-sdk/client-s3";
import { type Clock, systemClock } from "../../core/clock.ts";
import { asError, UnavailableError } from "../../core/errors.ts";
import { frame, unframe } from "./frames.ts";
import { keyOf, PREFIX, type Put, readKey } from "./keys.ts";
import type { Spool, SpoolDepth, SpoolLimit } from "./port.ts";

export interface S3SpoolOptions {
  /** Asked for when it is first needed. With `S3_LIMITS`, unless it is a test's. `close` destroys it. */
  client: () => Promise<S3>;
  bucket: string;
  /** Orders the objects. @default the system's */
  clock?: Clock;
}

/** Of the client: somebody waits for the answer, and has waited for the broker before. */
export const S3_LIMITS: S3ClientConfig = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000 },
};

/** S3 lists and deletes no more at a time ("ListObjectsV2", "DeleteObjects", Amazon S3 API Reference). */
const MAX_KEYS = 1_000;
const READS_AT_ONCE = 8;

/** One object per put, under keys that sort by time. Order across processes is as good as their clocks. */
export function openS3Spool({ client, bucket, clock = systemClock }: S3SpoolOptions): Spool {
  let opened: Promise<S3> | undefined;
  const s3 = () => {
    opened ??= client();
    return opened;
  };
  const process = randomBytes(4).toString("hex");
  let count = 0;

  async function list(after?: string, most = MAX_KEYS): Promise<{ puts: Put[]; next?: string }> {
    const command = { Bucket: bucket, Prefix: PREFIX, StartAfter: after, MaxKeys: Math.min(most, MAX_KEYS) };
    const { Contents = [], IsTruncated } = await (await s3()).listObjectsV2(command);
    const puts = Contents.map(({ Key = "", Size = 0 }) => readKey(Key, Size));
    return { puts, next: IsTruncated ? puts.at(-1)?.key : undefined };
  }

  /** Undefined if another drain was faster. */
  async function get({ key }: Put): Promise<Buffer[] | undefined> {
    try {
      const { Body } = await (await s3()).getObject({ Bucket: bucket, Key: key });
      return unframe(Buffer.from((await Body?.transformToByteArray()) ?? []));
    } catch (error) {
      if (asError(error).name === "NoSuchKey") return undefined;
      throw error;
    }
  }

  async function remove(puts: readonly Put[]): Promise<void> {
    const Objects = puts.map(({ key }) => ({ Key: key }));
    const request = { Bucket: bucket, Delete: { Objects, Quiet: true } };
    const { Errors = [] } = await (await s3()).deleteObjects(request);
    const [first] = Errors;
    if (first) throw new Error(`${Errors.length} objects were not deleted: ${first.Key}: ${first.Message}`);
  }

  return {
    put: (records) =>
      answered("put", async () => {
        if (records.length === 0) return;
        const Key = keyOf({ at: clock.now(), process, count: count++, records: records.length });
        await (await s3()).putObject({ Bucket: bucket, Key, Body: frame(records) });
      }),

    async drain(publish, limit) {
      const found = await answered("list", async () =>
        upTo(limit, (await list(undefined, limit.records)).puts),
      );
      const read = await answered("read", () => inSteps(found, READS_AT_ONCE, get));
      const records = read.flatMap((each) => each ?? []);
      if (found.length === 0) return 0;
      if (records.length > 0) await publish(records);
      await answered("delete", () => remove(found));
      return records.length;
    },

    depth: () =>
      answered("list", async () => {
        const depth: SpoolDepth = { records: 0, bytes: 0 };
        let after: string | undefined;
        do {
          const { puts, next } = await list(after);
          depth.oldestAt ??= puts[0]?.at;
          for (const { records, bytes } of puts) {
            depth.records += records;
            depth.bytes += bytes;
          }
          after = next;
        } while (after !== undefined);
        return depth;
      }),

    async close() {
      (await opened)?.destroy();
    },
  };
}

/** At least the first. */
function upTo(limit: SpoolLimit, puts: readonly Put[]): Put[] {
  let records = 0;
  let bytes = 0;
  const end = puts.findIndex((put, index) => {
    records += put.records;
    bytes += put.bytes;
    return index > 0 && (records > limit.records || bytes > limit.bytes);
  });
  return end === -1 ? [...puts] : puts.slice(0, end);
}

async function inSteps<Item, Result>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += size) {
    results.push(...(await Promise.all(items.slice(at, at + size).map(work))));
  }
  return results;
}

async function answered<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const message = `the spool's bucket did not ${what}: ${asError(cause).message}`;
    throw new UnavailableError(message, { code: "spool_unavailable", cause });
  }
}
