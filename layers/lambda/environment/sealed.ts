import { S3Client } from "@aws-sdk/client-s3";
import type { SealedHeads } from "../../storage/sealed/port.ts";
import { openSealedBucket } from "../../storage/sealed/s3.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { read } from "./read.ts";

/** How long heads are kept is the bucket's own retention, which the stack sets. */
export const sealed = (): SealedHeads =>
  openSealedBucket({ bucket: read(keys.sealedBucket), client: new S3Client({}) });
