import { join } from "node:path";
import { startAgent } from "../../apps/edge/agent.ts";
import { parseConfig } from "../../apps/edge/settings.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import { serve } from "../worker.ts";

// The edge agent, whose platform is away: everything that it acknowledges stays on its disk.

type Agent = Awaited<ReturnType<typeof startAgent>>;

let agent: Agent | undefined;

const tasks = {
  async start({ directory }: { directory: string }) {
    const config = `
      listen: 127.0.0.1:0
      buffer: { dir: ${JSON.stringify(join(directory, "buffer"))}, max_size: 8GB }
      forward: { url: "http://127.0.0.1:1", api_key: key_bench.nobody-takes-it }
    `;
    agent = await startAgent(parseConfig(config, {}), { logger: silentLogger });
    return agent.url;
  },

  /** How many entries wait in its buffer. */
  waiting: () => agent?.status().lanes.logs?.waiting ?? 0,

  /** @returns the share of a core that it takes while nobody asks anything of it, in percent, and its memory in bytes */
  async idle({ ms }: { ms: number }) {
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, ms));
    const { user, system } = process.cpuUsage(before);
    return { cpuPercent: (user + system) / 10 / ms, rssBytes: process.memoryUsage.rss() };
  },

  async stop() {
    await agent?.stop();
    agent = undefined;
  },
};

export type EdgeAgent = typeof tasks;

serve(tasks, () => tasks.stop());
