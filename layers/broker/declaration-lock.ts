import { setTimeout as pause } from "node:timers/promises";
import type { Channel, ChannelModel } from "amqplib";
import { UnavailableError } from "../core/errors.ts";
import { closeQuietly } from "./connection.ts";

const LOCK = "topology.declaration";
const PATIENCE_MS = 60_000;
const PAUSE_MS = 100;
/** RESOURCE_LOCKED (AMQP 0-9-1). */
const LOCKED = 405;

/**
 * Waits until nobody else declares, on whatever machine: an exclusive queue belongs to one connection, and goes with
 * it however that ends.
 *
 * @throws {UnavailableError} `declaration_locked`: somebody else has not come to an end
 */
export async function lockDeclaration(connection: ChannelModel): Promise<{ release(): Promise<void> }> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const channel = await take(connection);
    if (channel) return { release: () => release(channel) };
    if (performance.now() >= deadline) {
      throw new UnavailableError(
        `somebody else has been declaring the topology for ${PATIENCE_MS / 1_000} s`,
        {
          code: "declaration_locked",
        },
      );
    }
    await pause(PAUSE_MS);
  }
}

/** @returns none if another connection has it; being refused closes the channel, so each attempt has its own */
async function take(connection: ChannelModel): Promise<Channel | undefined> {
  const channel = await connection.createChannel();
  channel.on("error", () => undefined);
  try {
    await channel.assertQueue(LOCK, {
      exclusive: true,
      autoDelete: false,
      durable: false,
      arguments: { "x-queue-type": "classic" },
    });
    return channel;
  } catch (error) {
    if (isLocked(error)) return undefined;
    throw error;
  }
}

async function release(channel: Channel): Promise<void> {
  await channel.deleteQueue(LOCK).catch(() => undefined);
  await closeQuietly(channel);
}

const isLocked = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === LOCKED;
