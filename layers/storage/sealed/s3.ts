import {
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import type { SealedHead } from "../../core/audit.ts";
import { asError, PermanentError, TelemetryError, UnavailableError } from "../../core/errors.ts";
import { headIn, headText } from "../../core/sealed-head.ts";
import type { SealedHeads } from "./port.ts";
import { refuseOther } from "./refuse-other.ts";

export interface SealedBucketOptions {
  /** Made with Object Lock. */
  bucket: string;
  /** Stays its owner's to destroy. */
  client: S3Client;
  /**
   * Days for which not even the account's root user can delete a head.
   * @default the bucket's own retention, which must be in COMPLIANCE mode then
   */
  retentionDays?: number;
}

const PREFIX = "audit-heads/";
const DIGITS = 16;
const DAY_MS = 86_400_000;

/** So many that they sort by position as text. */
const keyOf = (position: number): string => `${PREFIX}${String(position).padStart(DIGITS, "0")}.json`;

/**
 * Heads as objects of S3 under Object Lock in COMPLIANCE mode ("Locking objects with Object Lock", Amazon S3 User
 * Guide), one object per position. A put says `If-None-Match`, so that none takes another's place.
 */
export function openSealedBucket({ bucket, client, retentionDays }: SealedBucketOptions): SealedHeads {
  let locked: Promise<void> | undefined;

  const read = async (key: string): Promise<SealedHead> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return headIn((await Body?.transformToString()) ?? "", `s3://${bucket}/${key}`);
  };

  const keysFrom = async (after: number, limit: number, token?: string) =>
    client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: PREFIX,
        MaxKeys: limit,
        ...(token === undefined ? { StartAfter: keyOf(after) } : { ContinuationToken: token }),
      }),
    );

  /** A wrong bucket must not pass for a seal. Asked once; after a failure again. */
  const ensureLocked = (): Promise<void> => {
    locked ??= checkLock(client, bucket).catch((error) => {
      locked = undefined;
      throw error;
    });
    return locked;
  };

  return {
    seal: (head) =>
      told(bucket, async () => {
        if (retentionDays === undefined) await ensureLocked();
        const put = putOf(bucket, head, retentionDays);
        await client.send(put).catch(async (error: unknown) => {
          if (!isTaken(error)) throw error;
          refuseOther(await read(keyOf(head.position)), head);
        });
      }),

    list: ({ after, limit }) =>
      told(bucket, async () => {
        const { Contents = [] } = await keysFrom(after, limit);
        return Promise.all(Contents.flatMap(({ Key }) => (Key === undefined ? [] : read(Key))));
      }),

    /** S3 lists in one direction only: a thousand keys a call, which is six weeks of hourly heads. */
    newest: () =>
      told(bucket, async () => {
        let newest: string | undefined;
        let token: string | undefined;
        do {
          const page = await keysFrom(0, 1_000, token);
          newest = page.Contents?.at(-1)?.Key ?? newest;
          token = page.NextContinuationToken;
        } while (token !== undefined);
        return newest === undefined ? undefined : read(newest);
      }),

    async close() {},
  };
}

const putOf = (bucket: string, head: SealedHead, retentionDays: number | undefined): PutObjectCommand =>
  new PutObjectCommand({
    Bucket: bucket,
    Key: keyOf(head.position),
    Body: `${headText(head)}\n`,
    ContentType: "application/json",
    IfNoneMatch: "*",
    ...(retentionDays !== undefined && {
      ObjectLockMode: "COMPLIANCE",
      ObjectLockRetainUntilDate: new Date(Date.parse(head.sealed_at) + retentionDays * DAY_MS),
    }),
  });

async function checkLock(client: S3Client, bucket: string): Promise<void> {
  const mode = await client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket })).then(
    ({ ObjectLockConfiguration }) => ObjectLockConfiguration?.Rule?.DefaultRetention?.Mode,
    (error: unknown) => {
      if (nameOf(error) === "ObjectLockConfigurationNotFoundError") return undefined;
      throw error;
    },
  );
  if (mode === "COMPLIANCE") return;
  const message = `expected bucket ${bucket} to lock objects in COMPLIANCE mode by default, got ${mode ?? "no lock"}`;
  throw new PermanentError(message, { code: "not_locked" });
}

const nameOf = (error: unknown): string | undefined =>
  error instanceof S3ServiceException ? error.name : undefined;

/** 409 is another writer of the same key at the same moment, whose object is there when it is answered. */
const isTaken = (error: unknown): boolean =>
  nameOf(error) === "PreconditionFailed" || nameOf(error) === "ConditionalRequestConflict";

async function told<Answer>(bucket: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TelemetryError) throw cause;
    const message = `s3://${bucket}/${PREFIX}: ${asError(cause).message}`;
    throw new UnavailableError(message, { code: "store_unavailable", cause });
  }
}
