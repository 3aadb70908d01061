import * as z from "zod";
import { type Received, type Receiver, type Said, startReceiver } from "./receiver.ts";

// Slack's incoming webhooks as docs.slack.dev describes them ("Sending messages using incoming webhooks", "Block Kit:
// header, section, context", "Formatting message text"): what it takes, and the errors that it answers with.

/** `<`, `>` and `&` mean something to Slack unless they are escaped. */
const escapedText = z.string().regex(/^(?:[^<>&]|&(?:amp|lt|gt);)*$/, "holds an unescaped <, > or &");
const mrkdwn = (max: number) =>
  z.strictObject({
    type: z.literal("mrkdwn"),
    text: escapedText.min(1).max(max),
    verbatim: z.boolean().optional(),
  });
const plainText = z.strictObject({
  type: z.literal("plain_text"),
  text: z.string().min(1).max(150),
  emoji: z.boolean().optional(),
});

const block = z.union([
  z.strictObject({ type: z.literal("header"), text: plainText }),
  z.strictObject({ type: z.literal("section"), text: mrkdwn(3_000) }),
  z.strictObject({ type: z.literal("section"), fields: z.array(mrkdwn(2_000)).min(1).max(10) }),
  z.strictObject({ type: z.literal("context"), elements: z.array(mrkdwn(2_000)).min(1).max(10) }),
]);

const message = z.strictObject({
  text: escapedText.min(1).max(40_000),
  blocks: z.array(block).min(1).max(50),
});

export interface SlackServer extends Receiver {
  /** Of a webhook that there is. */
  readonly webhook: string;
  /** What was posted into the channel: the headings. */
  posted(): string[];
}

/** @param trouble what to say before the message is looked at, if anything */
export async function startSlack(
  trouble: (request: Received) => Said | undefined = () => undefined,
  port?: number,
): Promise<SlackServer> {
  const posted: string[] = [];
  const receiver = await startReceiver((request) => {
    const said = trouble(request) ?? answer(request);
    if (typeof said === "object" && said.status === 200) posted.push(headingOf(request.body));
    return said;
  }, port);
  return Object.assign(receiver, {
    webhook: `${receiver.url}/services/T000/B000/secret`,
    posted: () => [...posted],
  });
}

function answer({ method, path, headers, body }: Received): Said {
  if (method !== "POST") return { status: 405, text: "method_not_allowed" };
  if (path !== "/services/T000/B000/secret") return { status: 404, text: "no_service" };
  if (headers["content-type"] !== "application/json") return { status: 400, text: "invalid_payload" };
  const parsed = message.safeParse(jsonOf(body));
  return parsed.success
    ? { status: 200, text: "ok" }
    : { status: 400, text: `invalid_payload ${parsed.error.message}` };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const headingOf = (body: string): string => {
  const { blocks } = message.parse(JSON.parse(body));
  const [first] = blocks;
  return first?.type === "header" ? first.text.text : "";
};
