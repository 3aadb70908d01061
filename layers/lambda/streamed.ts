import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Logger } from "../core/logger.ts";
import type { HttpHandler, HttpResult } from "./http.ts";

// Answers that are sent while they are made. What goes wrong before the first byte is an ordinary answer; after it
// nothing can be taken back, and the connection breaks off, so that nobody takes a part for the whole.

/** What a streamed result sends, whether it is made piece by piece or not. */
export function bodyOf({ stream, body, isBase64Encoded }: HttpResult): AsyncIterable<Uint8Array> {
  return stream ?? Readable.from([Buffer.from(body, isBase64Encoded ? "base64" : "utf8")]);
}

/**
 * The handler for Lambda behind an integration with the response transfer mode STREAM ("Set up a Lambda proxy
 * integration with response streaming", API Gateway).
 */
export const streamed = (handler: HttpHandler) =>
  awslambda.streamifyResponse(async (event: APIGatewayProxyEvent, output) => {
    const result = await handler(event);
    const { statusCode, headers } = result;
    const sink = awslambda.HttpResponseStream.from(output, { statusCode, headers });
    await pipeline(bodyOf(result), sink);
  });

/** Logs how a stream ended: at its end, by an error, or because its reader went away. */
export async function* watched(
  stream: AsyncIterable<Uint8Array>,
  { logger, requestId }: { logger: Logger; requestId: string },
): AsyncGenerator<Uint8Array> {
  const startedAt = performance.now();
  let bytes = 0;
  let end = "left";
  try {
    for await (const piece of stream) {
      bytes += piece.length;
      yield piece;
    }
    end = "complete";
  } catch (error) {
    end = "broken off";
    logger.error("a streamed answer broke off", { requestId, bytes, error });
    throw error;
  } finally {
    logger.info("streamed", { requestId, bytes, end, durationMs: Math.round(performance.now() - startedAt) });
  }
}
