import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip as gunzipCallback } from "node:zlib";
import { RefusedError, UnavailableError } from "../../../layers/core/errors.ts";

const gunzip = promisify(gunzipCallback);

/** As the platform's. A compressed body may not grow beyond it either. */
export const MAX_BODY_BYTES = 10 * 1_024 * 1_024;

/** What all requests that are under way may hold in memory together. */
const MAX_HELD_BYTES = 128 * 1_024 * 1_024;
/** A body as text, parsed and encoded again is a multiple of what came. */
const HELD_PER_BYTE = 4;

/** Bounds the memory that requests take, however many come. */
export class Held {
  #bytes = 0;

  /** @throws {UnavailableError} `busy` */
  take(bytes: number): void {
    if (this.#bytes + bytes > MAX_HELD_BYTES) {
      throw new UnavailableError("too many requests are under way", { code: "busy" });
    }
    this.#bytes += bytes;
  }

  free(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/**
 * The body's bytes, decompressed, handed to `use` and counted as held until it is through.
 *
 * @throws {RefusedError} 400 not gzip after all, 413, 415 another coding
 */
export async function withBody<Result>(
  request: IncomingMessage,
  held: Held,
  use: (raw: Buffer) => Promise<Result>,
): Promise<Result> {
  let taken = 0;
  const take = (bytes: number) => {
    held.take(bytes * HELD_PER_BYTE);
    taken += bytes * HELD_PER_BYTE;
  };
  try {
    const sent = await read(request, take);
    return await use(await decoded(sent, request.headers["content-encoding"], take));
  } finally {
    held.free(taken);
  }
}

function read(request: IncomingMessage, take: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      try {
        if (bytes > MAX_BODY_BYTES) throw tooLarge("the body has more than");
        take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        request.removeAllListeners("data");
        // What still comes is read and forgotten, so that the answer arrives.
        request.resume();
        reject(error);
      }
    });
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () => {
      if (!request.complete) reject(new RefusedError(400, "the request broke off"));
    });
  });
}

async function decoded(sent: Buffer, coding = "identity", take: (bytes: number) => void): Promise<Buffer> {
  const name = coding.trim().toLowerCase();
  if (name === "identity") return sent;
  if (name !== "gzip")
    throw new RefusedError(415, `content coding ${name} is not supported; use gzip or none`);
  const claimed = claimedBytes(sent);
  if (claimed > MAX_BODY_BYTES) throw tooLarge(DECOMPRESSES);
  take(claimed);
  const raw = await inflated(sent, claimed);
  if (raw) return raw;
  take(MAX_BODY_BYTES - claimed);
  const whole = await inflated(sent, MAX_BODY_BYTES);
  if (!whole) throw tooLarge(DECOMPRESSES);
  return whole;
}

/** What its last four bytes say (RFC 1952, ISIZE): a lie, or of the last part alone where it has several. */
const claimedBytes = (sent: Buffer): number => (sent.length < 4 ? 0 : sent.readUInt32LE(sent.length - 4));

/** @returns `undefined` where it is more than `most` bytes. @throws {RefusedError} 400 */
async function inflated(sent: Buffer, most: number): Promise<Buffer | undefined> {
  try {
    return await gunzip(sent, { maxOutputLength: Math.max(1, most) });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw new RefusedError(400, "the body is not valid gzip", [], { cause });
  }
}

const DECOMPRESSES = "the body decompresses to more than";
const tooLarge = (what: string) => new RefusedError(413, `${what} ${MAX_BODY_BYTES} bytes`);
