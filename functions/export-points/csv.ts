import type { Point, Value } from "../../layers/core/measurement.ts";
import { formatTime } from "../../layers/core/time.ts";

// RFC 4180: lines end with CR LF, and a cell that holds a comma, a quotation mark or the end of a line stands
// between quotation marks, its own doubled.

export const CSV_HEADER = "timestamp,device_id,metric_name,value,unit,tags\r\n";

/** What spreadsheets take for the beginning of a formula ("CSV Injection", OWASP), in full width too. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NEEDS_QUOTES = /[",\r\n]/;

export function csvLine({ time, deviceId, metricName, value, unit, tags }: Point): string {
  const cells = [
    formatTime(time),
    textCell(deviceId),
    textCell(metricName),
    valueCell(value),
    unit === undefined ? "" : textCell(unit),
    tags === undefined ? "" : quoted(JSON.stringify(tags)),
  ];
  return `${cells.join(",")}\r\n`;
}

/** Numbers stay numbers, negative ones too; what is neither number nor text is JSON, which never begins a formula. */
function valueCell(value: Value): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? textCell(value) : quoted(JSON.stringify(value));
}

/** An apostrophe makes a spreadsheet take what follows as text. */
const textCell = (text: string): string => quoted(FORMULA.test(text) ? `'${text}` : text);

const quoted = (text: string): string => (NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
