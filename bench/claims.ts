import type { Claim } from "./claim.ts";
import { alerting } from "./claims/alerting.ts";
import { buffer } from "./claims/buffer.ts";
import { bundles } from "./claims/bundles.ts";
import { edge } from "./claims/edge.ts";
import { edgeRsyslog } from "./claims/edge-rsyslog.ts";
import { events } from "./claims/events.ts";
import { exported } from "./claims/export.ts";
import { health } from "./claims/health.ts";
import { ingest } from "./claims/ingest.ts";
import { management } from "./claims/management.ts";
import { points } from "./claims/points.ts";
import { publishCall } from "./claims/publish-call.ts";
import { publishToProcessed } from "./claims/publish-to-processed.ts";
import { queries } from "./claims/queries.ts";
import { storm } from "./claims/storm.ts";
import { stream } from "./claims/stream.ts";
import { sustained } from "./claims/sustained.ts";

/** In the order of the table. */
export const claims: readonly Claim[] = [
  points,
  sustained,
  ingest,
  events,
  publishToProcessed,
  publishCall,
  queries,
  alerting,
  storm,
  stream,
  exported,
  management,
  buffer,
  edge,
  edgeRsyslog,
  health,
  bundles,
];
