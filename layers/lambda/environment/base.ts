import { Logger as PowertoolsLogger } from "@aws-lambda-powertools/logger";
import { type Clock, systemClock } from "../../core/clock.ts";
import type { Logger } from "../../core/logger.ts";

// What the entries of the functions (lambda.ts) are made of. Each imports the files for what its row in the manifest
// needs and no others, so that no bundle carries a client that it does not use.

export const base = (): { clock: Clock; logger: Logger } => ({
  clock: systemClock,
  logger: new PowertoolsLogger() as Logger,
});
