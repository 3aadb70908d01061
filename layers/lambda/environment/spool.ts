import { createBus } from "../../broker/bus.ts";
import { createSpoolingBus, INGEST_DEADLINE_MS, type SpoolingBus } from "../../broker/spooling-bus.ts";
import type { Spool } from "../../storage/spool/port.ts";
import { openS3Spool, S3_LIMITS } from "../../storage/spool/s3.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { base } from "./base.ts";
import { brokerConnection } from "./broker.ts";
import { read } from "./read.ts";

/** Most processes never see the broker away: S3's client is loaded when one does, not at every start. */
export const spool = (): Spool =>
  openS3Spool({
    bucket: read(keys.spoolBucket),
    async client() {
      const { S3 } = await import("@aws-sdk/client-s3");
      return new S3(S3_LIMITS);
    },
  });

/** For the functions that acknowledge: they wait for the broker no longer than somebody waits for an answer. */
export const spoolingBus = (): SpoolingBus =>
  createSpoolingBus({
    bus: createBus({ ...brokerConnection(), deadlineMs: INGEST_DEADLINE_MS }),
    spool: spool(),
    logger: base().logger,
  });
