import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectLockConfigurationCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshBucket, s3Client } from "../../../test/aws/buckets.ts";
import { headAt, sealedContract } from "./port.contract.ts";
import { openSealedBucket } from "./s3.ts";

let client: S3Client;

beforeAll(() => {
  client = s3Client();
});
afterAll(() => client.destroy());

const lockedBucket = () => freshBucket(client, { ObjectLockEnabledForBucket: true });

describe("sealed heads in S3", () => {
  sealedContract(async () => {
    const bucket = await lockedBucket();
    return {
      open: () => openSealedBucket({ bucket, client, retentionDays: 1 }),
      discard: async () => {},
    };
  });
});

describe("what is S3's own", () => {
  it("locks each head in COMPLIANCE mode, and keeps its version when it is deleted [BUS-19]", async () => {
    const Bucket = await lockedBucket();
    const sealed_at = new Date().toISOString();
    await openSealedBucket({ bucket: Bucket, client, retentionDays: 30 }).seal(headAt(1, { sealed_at }));
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const { Key, VersionId } = Versions?.[0] ?? {};
    expect(Key).toBe("audit-heads/0000000000000001.json");
    const kept = await client.send(new HeadObjectCommand({ Bucket, Key, VersionId }));
    expect(kept.ObjectLockMode).toBe("COMPLIANCE");
    const until = kept.ObjectLockRetainUntilDate?.getTime() ?? 0;
    expect(Math.abs(until - Date.parse(sealed_at) - 30 * 86_400_000)).toBeLessThan(2_000);
    await expect(client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });

  it("seals into a bucket that locks by default in COMPLIANCE mode, and into no other", async () => {
    const retainBy = (Bucket: string, Mode: "COMPLIANCE" | "GOVERNANCE") =>
      client.send(
        new PutObjectLockConfigurationCommand({
          Bucket,
          ObjectLockConfiguration: {
            ObjectLockEnabled: "Enabled",
            Rule: { DefaultRetention: { Mode, Days: 1 } },
          },
        }),
      );
    const [compliance, governance, lockedOnly, plain] = await Promise.all([
      lockedBucket(),
      lockedBucket(),
      lockedBucket(),
      freshBucket(client),
    ]);
    await retainBy(compliance, "COMPLIANCE");
    await retainBy(governance, "GOVERNANCE");
    await openSealedBucket({ bucket: compliance, client }).seal(headAt(1));
    for (const bucket of [governance, lockedOnly, plain]) {
      const heads = openSealedBucket({ bucket, client });
      await expect(heads.seal(headAt(1))).rejects.toMatchObject({
        code: "not_locked",
        message: expect.stringContaining(bucket),
      });
      expect(await heads.newest()).toBeUndefined();
    }
  });

  it("finds the newest behind more heads than one listing holds", async () => {
    const heads = openSealedBucket({ bucket: await lockedBucket(), client, retentionDays: 1 });
    for (let first = 1; first <= 1_020; first += 60) {
      await Promise.all(Array.from({ length: 60 }, (_, i) => heads.seal(headAt(first + i))));
    }
    expect(await heads.newest()).toEqual(headAt(1_020));
    expect(await heads.list({ after: 1_000, limit: 100 })).toHaveLength(20);
  });

  it("says that the store is unavailable when the bucket is not there", async () => {
    const heads = openSealedBucket({ bucket: "nowhere", client, retentionDays: 1 });
    const unavailable = { name: "UnavailableError", message: expect.stringContaining("s3://nowhere/") };
    await expect(heads.seal(headAt(1))).rejects.toMatchObject(unavailable);
    await expect(heads.newest()).rejects.toMatchObject(unavailable);
  });
});
