import { randomUUID } from "node:crypto";
import { CreateBucketCommand, type CreateBucketCommandInput, S3, type S3Client } from "@aws-sdk/client-s3";
import { inject } from "vitest";

/** A client of the run's S3. Whoever makes it destroys it. */
export const s3Client = (): S3 =>
  new S3({
    endpoint: inject("s3Url"),
    region: "eu-central-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    forcePathStyle: true,
  });

/** An empty bucket of the run's S3. @returns its name */
export async function freshBucket(
  client: S3Client,
  options: Omit<CreateBucketCommandInput, "Bucket"> = {},
): Promise<string> {
  const Bucket = `test-${randomUUID()}`;
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const;
  await client.send(new CreateBucketCommand({ CreateBucketConfiguration, ...options, Bucket }));
  return Bucket;
}
