import * as z from "zod";
import { formatTime } from "../../../layers/core/time.ts";
import { ServiceFault } from "./fault.ts";
import type { ColumnType, Table } from "./tables.ts";

const recordSchema = z.strictObject({
  Dimensions: z.array(z.strictObject({ Name: z.string().min(1), Value: z.string().min(1) })).optional(),
  MeasureName: z.string().optional(),
  MeasureValueType: z.literal("MULTI").optional(),
  TimeUnit: z.literal("MICROSECONDS").optional(),
  Time: z.string().optional(),
  Version: z.number().refine(Number.isInteger).min(1).optional(),
  MeasureValues: z
    .array(
      z.strictObject({
        Name: z.string().min(1),
        Value: z.string().min(1).max(2_048),
        Type: z.enum(["DOUBLE", "VARCHAR", "BOOLEAN", "BIGINT"]),
      }),
    )
    .optional(),
});

export const writeSchema = z.strictObject({
  DatabaseName: z.string(),
  TableName: z.string(),
  CommonAttributes: recordSchema.optional(),
  Records: z.array(recordSchema).min(1).max(100),
});

const types: Readonly<Record<string, ColumnType>> = {
  DOUBLE: "float8",
  VARCHAR: "text",
  BOOLEAN: "bool",
  BIGINT: "int8",
};

export interface Stored {
  index: number;
  key: string;
  version: number;
  micros: number;
  columns: Map<string, ColumnType>;
  row: Record<string, string | number>;
  bytes: number;
}

/** Each record with what all of the request have in common. @throws {ServiceFault} ValidationException */
export function recordsIn({ CommonAttributes: common = {}, Records }: z.infer<typeof writeSchema>): Stored[] {
  return Records.map((own, index) => {
    const dimensions = [...(common.Dimensions ?? []), ...(own.Dimensions ?? [])];
    const {
      MeasureName,
      Time,
      TimeUnit,
      MeasureValueType,
      Version = 1,
      MeasureValues = [],
    } = { ...common, ...own };
    if (
      !MeasureName ||
      !Time ||
      !TimeUnit ||
      !MeasureValueType ||
      dimensions.length === 0 ||
      MeasureValues.length === 0
    )
      throw new ServiceFault("ValidationException", `Record ${index} is incomplete.`);
    const names = dimensions.map(({ Name }) => Name);
    if (new Set(names).size < names.length)
      throw new ServiceFault("ValidationException", `Record ${index} has a dimension twice.`);
    const sorted = dimensions.toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
    const key = JSON.stringify([Time, MeasureName, sorted.map(({ Name, Value }) => [Name, Value])]);
    const values = [...dimensions.map((each) => ({ ...each, Type: "VARCHAR" })), ...MeasureValues];
    const row = Object.fromEntries(values.map(({ Name, Value }) => [Name, Value]));
    return {
      index,
      key,
      version: Version,
      micros: Number(Time),
      columns: new Map(values.map(({ Name, Type }) => [Name, types[Type] ?? "text"])),
      row: {
        ...row,
        _key: key,
        _version: Version,
        time: formatTime(Number(Time)).slice(0, -1),
        measure_name: MeasureName,
      },
      bytes: values.reduce(
        (sum, { Name, Value }) => sum + Buffer.byteLength(Name + Value),
        MeasureName.length + 8,
      ),
    };
  });
}

/** Why a record is not stored, if so. The sentences are not Timestream's own, which nobody documents. */
export function reasonAgainst({ micros, bytes }: Stored, table: Table, nowMs: number): string | undefined {
  const ms = micros / 1_000;
  if (bytes > 2_048) return `The record has ${bytes} bytes, more than 2048.`;
  if (ms > nowMs + 15 * 60_000) return "The record timestamp is more than 15 minutes in the future.";
  if (ms < nowMs - table.magneticDays * 86_400_000 - table.memoryHours * 3_600_000)
    return "The record timestamp is outside the time range of the table.";
  return undefined;
}
