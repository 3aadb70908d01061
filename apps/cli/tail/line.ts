import { printable, type Terminal } from "../terminal.ts";

const COLUMNS_OF_A_PIPE = 200;

/** One line: time, type, source, id, correlation id, and as much of the data as fits. */
export function formatEvent(body: Buffer, { columns, style }: Pick<Terminal, "columns" | "style">): string {
  const event = parse(body);
  if (!event) return printable(body.toString("utf8")).slice(0, columns ?? COLUMNS_OF_A_PIPE);
  const { time, type, source, id, correlation_id, data, data_base64 } = event;
  const [clock, kind, origin] = [String(time), String(type).padEnd(24), String(source)].map(printable);
  const identity = printable(`${id} ${correlation_id}`);
  const room = (columns ?? COLUMNS_OF_A_PIPE) - `${clock} ${kind} ${origin} ${identity} `.length;
  const text = printable(JSON.stringify(data ?? data_base64) ?? "");
  return [
    style("dim", clock ?? ""),
    style("cyan", kind ?? ""),
    origin,
    style("dim", identity),
    shortened(text, Math.max(40, room)),
  ].join(" ");
}

/** The event as it is; what is no JSON, as a JSON string. */
export function formatJson(body: Buffer): string {
  return JSON.stringify(parse(body) ?? body.toString("utf8"));
}

const shortened = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
