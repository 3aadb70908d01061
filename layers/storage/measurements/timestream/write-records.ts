import {
  RejectedRecordsException,
  type _Record as TimestreamRecord,
  type TimestreamWriteClient,
  WriteRecordsCommand,
} from "@aws-sdk/client-timestream-write";
import { type TelemetryError, UnavailableError } from "../../../core/errors.ts";
import type { StoredPoint } from "../../../core/measurement.ts";
import type { Micros } from "../../../core/time.ts";
import { MEASURE } from "./columns.ts";
import { timestreamError } from "./fault.ts";
import { type Content, recordOf } from "./record.ts";
import { readRejection } from "./rejections.ts";
import { tableOf } from "./tables.ts";

/** "Records per WriteRecords API request" ("Quotas", Amazon Timestream Developer Guide). */
const MOST_RECORDS = 100;
const AT_ONCE = 8;

/** What is written to one key of one table. */
export interface Writing {
  days: number;
  key: Pick<StoredPoint, "deviceId" | "metricName" | "time" | "version">;
  content: Content;
}

export interface Destination {
  write: TimestreamWriteClient;
  database: string;
}

/**
 * Writes what is given, of which each key of a table occurs once, a hundred records a request.
 *
 * @throws {UnavailableError} some requests failed: all of it may be written again
 * @throws {PermanentError} Timestream rejected a record for what it is; the others are stored
 */
export async function writeRecords(
  destination: Destination,
  writings: readonly Writing[],
  now: Micros,
): Promise<void> {
  const requests = requestsOf(writings);
  const faults: TelemetryError[] = [];
  for (let at = 0; at < requests.length; at += AT_ONCE) {
    const some = requests.slice(at, at + AT_ONCE).map((request) => send(destination, request, now));
    faults.push(...(await Promise.all(some)).flat());
    // Whoever is away or overwhelmed is not asked for more.
    if (faults.some(isUnavailable)) break;
  }
  const worst = faults.find(isUnavailable) ?? faults[0];
  if (worst) throw worst;
}

const isUnavailable = (fault: TelemetryError): boolean => fault instanceof UnavailableError;

/** By table; neighbours come together, so that they share what is said once for all of a request. */
function requestsOf(writings: readonly Writing[]): Writing[][] {
  const byTable = new Map<number, Writing[]>();
  for (const writing of writings) {
    const table = byTable.get(writing.days);
    if (table) table.push(writing);
    else byTable.set(writing.days, [writing]);
  }
  return [...byTable.values()].flatMap((table) => {
    const sorted = table.sort((a, b) => compareKeys(a.key, b.key));
    return Array.from({ length: Math.ceil(sorted.length / MOST_RECORDS) }, (_, i) =>
      sorted.slice(i * MOST_RECORDS, (i + 1) * MOST_RECORDS),
    );
  });
}

const compareKeys = (a: Writing["key"], b: Writing["key"]): number =>
  compare(a.deviceId, b.deviceId) || compare(a.metricName, b.metricName) || a.time - b.time;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function send(
  { write, database }: Destination,
  request: readonly Writing[],
  now: Micros,
): Promise<TelemetryError[]> {
  const [{ days } = { days: 0 }] = request;
  const records = request.map(({ key, content }) => recordOf(key, content, key.version));
  const command = new WriteRecordsCommand({
    DatabaseName: database,
    TableName: tableOf(days),
    ...shared(records),
  });
  try {
    await write.send(command);
    return [];
  } catch (error) {
    if (!(error instanceof RejectedRecordsException)) return [timestreamError(error, "writing points")];
    const rejections = error.RejectedRecords ?? [];
    if (rejections.length === 0) return [timestreamError(error, "writing points")];
    return rejections.flatMap((rejection) => {
      const key = request[rejection.RecordIndex ?? -1]?.key;
      return (key ? readRejection(rejection, key, now) : timestreamError(error, "writing points")) ?? [];
    });
  }
}

/** Says once what all records have in common: their kind, and the device and the metric where there is but one. */
function shared(records: readonly TimestreamRecord[]) {
  const isCommon = (place: number) =>
    records.every(({ Dimensions }) => Dimensions?.[place]?.Value === records[0]?.Dimensions?.[place]?.Value);
  const common = [0, 1].filter(isCommon);
  const dimensionsOf = (record: TimestreamRecord | undefined, wanted: boolean) =>
    (record?.Dimensions ?? []).filter((_, place) => common.includes(place) === wanted);
  return {
    CommonAttributes: {
      Dimensions: dimensionsOf(records[0], true),
      MeasureName: MEASURE,
      MeasureValueType: "MULTI",
      TimeUnit: "MICROSECONDS",
    } as const,
    Records: records.map((record) => ({ ...record, Dimensions: dimensionsOf(record, false) })),
  };
}
