import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3 } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { freshBucket, s3Client } from "../../../test/aws/buckets.ts";
import { type SpoolBackend, spoolContract } from "./port.contract.ts";
import { openS3Spool, S3_LIMITS } from "./s3.ts";

async function s3Backend(): Promise<SpoolBackend> {
  const client = s3Client();
  let bucket = "";
  return {
    shared: true,
    async next() {
      bucket = await freshBucket(client);
    },
    open: async () => openS3Spool({ client: async () => s3Client(), bucket }),
    async discard() {
      client.destroy();
    },
  };
}

const ALL = { records: 10_000, bytes: 64_000_000 };

describe("the spool on S3", () => {
  spoolContract(s3Backend);

  it("lists beyond a page of a thousand objects, and drains them all in order", {
    timeout: 60_000,
  }, async () => {
    const client = s3Client();
    // At one moment, so that puts which are under way together keep the order in which they began.
    const clock = { now: () => 1 };
    const spool = openS3Spool({ client: async () => client, bucket: await freshBucket(client), clock });
    const all = Array.from({ length: 1_050 }, (_, i) => String(i));
    await Promise.all(all.map((text) => spool.put([Buffer.from(text)])));
    expect(await spool.depth()).toMatchObject({ records: 1_050 });
    const published: string[] = [];
    const publish = async (records: Buffer[]) => void published.push(...records.map(String));
    while ((await spool.drain(publish, ALL)) > 0);
    expect(published).toEqual(all);
    await spool.close();
  });

  it("keeps one object per put, in the order of the clock, across processes", async () => {
    const client = s3Client();
    const bucket = await freshBucket(client);
    for (const now of [9, 999_999_999_999, 1_000_000_000_000]) {
      await openS3Spool({ client: async () => client, bucket, clock: { now: () => now } }).put([
        Buffer.from(String(now)),
        Buffer.from("x"),
      ]);
    }
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    const bodies = Contents.map(async ({ Key }) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return (await Body?.transformToString())?.slice(4, -5);
    });
    expect(await Promise.all(bodies)).toEqual(["9", "999999999999", "1000000000000"]);
    client.destroy();
  });

  it("hands out an object that is none of its own as one record, so that it holds up nothing", async () => {
    const client = s3Client();
    const bucket = await freshBucket(client);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: "spool/hello.txt", Body: "hello" }));
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: "elsewhere", Body: "not of the spool" }));
    const spool = openS3Spool({ client: async () => client, bucket });
    await spool.put([Buffer.from("r1")]);
    const published: string[] = [];
    while ((await spool.drain(async (records) => void published.push(...records.map(String)), ALL)) > 0);
    expect(published.sort()).toEqual(["hello", "r1"]);
    await spool.close();
  });

  it("says so soon when S3 is away or the bucket is not there", async () => {
    const credentials = { accessKeyId: "any", secretAccessKey: "any" };
    const away = new S3({
      ...S3_LIMITS,
      credentials,
      region: "eu-central-1",
      endpoint: "http://127.0.0.1:1",
    });
    const expected = { code: "spool_unavailable" };
    await expect(
      openS3Spool({ client: async () => away, bucket: "b" }).put([Buffer.from("r")]),
    ).rejects.toMatchObject(expected);
    const nowhere = openS3Spool({ client: async () => s3Client(), bucket: "not-there" });
    await expect(nowhere.put([Buffer.from("r")])).rejects.toMatchObject(expected);
    await expect(nowhere.drain(async () => undefined, ALL)).rejects.toMatchObject(expected);
    await expect(nowhere.depth()).rejects.toMatchObject(expected);
    await nowhere.close();
  });
});
