import fc from "fast-check";

// Properties and faults draw the same inputs again for the same TEST_SEED: faults read it themselves (random.ts).

const seed = Number(process.env.TEST_SEED);
if (!Number.isSafeInteger(seed))
  throw new Error(`TEST_SEED: expected a whole number, got ${process.env.TEST_SEED}`);
fc.configureGlobal({ seed });
