import { asError } from "../../layers/core/errors.ts";
import { loggerTo } from "../../layers/core/json-log.ts";
import { startAgent } from "./agent.ts";
import { readConfig } from "./settings.ts";

/** Runs the agent that the file describes, until `signal` is aborted. @param write takes its log, a line at a time */
export async function runAgent(
  path: string,
  signal: AbortSignal,
  write: (line: string) => void,
): Promise<void> {
  const config = await readConfig(path);
  const logger = loggerTo(write);
  const agent = await startAgent(config, { logger });
  logger.info("the agent is up", {
    listens: agent.url,
    platform: config.forward.url,
    buffer: config.buffer.dir,
  });
  await aborted(signal);
  logger.info("stopping");
  await agent.stop().catch((error) => {
    logger.error("while stopping", { error: asError(error) });
    throw error;
  });
  logger.info("stopped");
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
