import { type AnsweringServer, type Asked, type Reply, startAnsweringServer } from "../answering-server.ts";

/** Answers as the platform does that takes everything. */
export function taken({ path, body }: Asked): Reply {
  if (path === "/api/v1/events") {
    return {
      status: 202,
      body: {
        success: true,
        accepted: (body as { source: string; id: string }[]).map(({ source, id }) => ({ source, id })),
      },
    };
  }
  const counts = (total: number) => ({
    success: true,
    ingested_count: total,
    failed_count: 0,
    total_count: total,
  });
  if (path === "/api/v1/logs")
    return { status: 202, body: { ...counts((body as unknown[]).length), errors: [] } };
  const devices = Object.entries(body as Record<string, unknown[]>);
  const results = devices.map(([device, points]) => [device, { ...counts(points.length), errors: [] }]);
  const total = devices.reduce((sum, [, points]) => sum + points.length, 0);
  return { status: 200, body: { ...counts(total), results: Object.fromEntries(results) } };
}

/** How the platform says no. */
export const refusal = (status: number, headers?: Record<string, string>): Reply => ({
  status,
  body: { detail: `answered ${status}`, request_id: "r" },
  ...(headers && { headers }),
});

export interface Sink extends AnsweringServer {
  /** Decides on each request; without an answer of its own everything is taken. */
  reply: (asked: Asked, index: number) => Reply | undefined | Promise<Reply | undefined>;
  /** The messages of all log entries in requests that were taken, in order. */
  readonly messages: string[];
}

/** Stands in for a platform in a mood. */
export async function startSink(): Promise<Sink> {
  const messages: string[] = [];
  const sink = { reply: () => undefined, messages } as unknown as Sink;
  const server = await startAnsweringServer(async (asked, index) => {
    const own = await sink.reply(asked, index);
    if (!own && asked.path === "/api/v1/logs") {
      messages.push(...(asked.body as { message: string }[]).map(({ message }) => message));
    }
    return own ?? taken(asked);
  });
  return Object.assign(sink, server);
}
