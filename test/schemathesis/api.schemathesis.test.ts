import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { settle } from "./residents.ts";
import { fuzz } from "./schemathesis.ts";

const { SCHEMATHESIS_SEED, SCHEMATHESIS_EXAMPLES = "20", SCHEMATHESIS_SECONDS = "180" } = process.env;
const seed = Number(SCHEMATHESIS_SEED ?? randomInt(2 ** 31));

let platform: Platform;

beforeAll(async () => {
  // Channels come to be: whatever they lead to is this machine, and so refused.
  const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
  platform = await startPlatform({ notifications: { resolve, pagerDutyBase: "https://pagerduty.invalid" } });
});
afterAll(() => platform?.stop());

it("answers whatever is asked as its OpenAPI document says, and never with a fault of its own", async () => {
  console.log(`again with: SCHEMATHESIS_SEED=${seed} npm run test:schemathesis`);
  const { passed, report, neverAccepted } = await fuzz({
    document: `${platform.url}/openapi.json`,
    apiKey: platform.apiKey,
    ...(await settle(platform)),
    seed,
    examples: Number(SCHEMATHESIS_EXAMPLES),
    maxSeconds: Number(SCHEMATHESIS_SECONDS),
  });
  console.log(report);
  expect(passed, report).toBe(true);
  // Which of them chance leaves out differs; many of them would mean that little was tested.
  expect(neverAccepted.length, neverAccepted.join(", ")).toBeLessThan(5);
});
