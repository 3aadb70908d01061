/**
 * What the agent is started with, wherever we start it. Each request leaves its body, its entries and their records
 * behind: with V8's usual 16 MiB per half of the young generation, and glibc's arena for every thread that reads and
 * writes files, that holds half as much memory again, for a tenth more entries a second at most.
 */
export const AGENT_ENVIRONMENT = {
  NODE_OPTIONS: "--max-semi-space-size=8",
  MALLOC_ARENA_MAX: "2",
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** `given` with it. Other options for Node.js stay. */
export const agentEnvironment = (given: Environment): Environment => ({
  ...given,
  ...AGENT_ENVIRONMENT,
  NODE_OPTIONS: [given.NODE_OPTIONS, AGENT_ENVIRONMENT.NODE_OPTIONS].filter(Boolean).join(" "),
});
