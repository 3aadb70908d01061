import * as z from "zod";
import { type Received, type Receiver, type Said, startReceiver } from "./receiver.ts";

// PagerDuty's Events API v2 as developer.pagerduty.com describes it ("Send an Alert Event"; api-schema's
// events-v2/openapiv3.json): the event's schema, its limits, its answers, and what a dedup_key does.

const MAX_REQUEST_BYTES = 512 * 1_024;

const dedupKey = z.string().min(1).max(255);
const routingKey = z.string().length(32, "Length of 'routing_key' is incorrect (should be 32 characters)");

const event = z.discriminatedUnion("event_action", [
  z.strictObject({
    routing_key: routingKey,
    event_action: z.literal("trigger"),
    dedup_key: dedupKey.optional(),
    client: z.string().optional(),
    client_url: z.url().optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(["critical", "error", "warning", "info"]),
      timestamp: z.iso.datetime({ offset: true }).optional(),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
  z.strictObject({
    routing_key: routingKey,
    event_action: z.enum(["acknowledge", "resolve"]),
    dedup_key: dedupKey,
  }),
]);

export type PagerDutyEvent = z.infer<typeof event>;

export interface Incident {
  dedupKey: string;
  summary: string;
  state: "triggered" | "acknowledged" | "resolved";
  /** Further triggers of it, which page nobody again. */
  repeats: number;
}

export interface PagerDutyServer extends Receiver {
  /** Each in the order in which it was opened: whoever is on call was paged once for each. */
  incidents(): Incident[];
  events(): PagerDutyEvent[];
}

export async function startPagerDuty(
  trouble: (request: Received) => Said | undefined = () => undefined,
  port?: number,
): Promise<PagerDutyServer> {
  const incidents: Incident[] = [];
  const events: PagerDutyEvent[] = [];
  const receiver = await startReceiver((request) => {
    const said = trouble(request);
    if (said) return said;
    const fault = faultIn(request);
    if (fault) return fault;
    const accepted = event.parse(JSON.parse(request.body));
    events.push(accepted);
    apply(accepted, incidents);
    const { dedup_key } = accepted;
    return {
      status: 202,
      text: JSON.stringify({ status: "success", message: "Event processed", dedup_key }),
    };
  }, port);
  return Object.assign(receiver, { incidents: () => structuredClone(incidents), events: () => [...events] });
}

function faultIn({ method, path, headers, body }: Received): Said | undefined {
  if (method !== "POST" || path !== "/v2/enqueue") return { status: 404, text: "not found" };
  if (headers["content-type"] !== "application/json") return invalid(["expected application/json"]);
  if (Buffer.byteLength(body) > MAX_REQUEST_BYTES) return { status: 413, text: "too large" };
  const parsed = event.safeParse(JSON.parse(body));
  return parsed.success ? undefined : invalid(parsed.error.issues.map(({ message }) => message));
}

const invalid = (errors: string[]): Said => ({
  status: 400,
  text: JSON.stringify({ status: "invalid event", message: "Event object is invalid", errors }),
});

/** Of a key that is open, further triggers are added to it; of one that is resolved or unknown, one opens anew. */
function apply(accepted: PagerDutyEvent, incidents: Incident[]): void {
  const { dedup_key = "", event_action } = accepted;
  const open = incidents.find(({ dedupKey, state }) => dedupKey === dedup_key && state !== "resolved");
  if (event_action === "trigger") {
    if (open) open.repeats++;
    else
      incidents.push({
        dedupKey: dedup_key,
        summary: accepted.payload.summary,
        state: "triggered",
        repeats: 0,
      });
  } else if (open) open.state = event_action === "resolve" ? "resolved" : "acknowledged";
}
