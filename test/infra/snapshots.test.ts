import { expect, it } from "vitest";
import { environments } from "../../lib/environments.ts";
import { summaryOf } from "./summary.ts";
import { synthesize } from "./synthesized.ts";

// Reviewed like code. What is meant to change is written anew by `npx vitest run test/infra/snapshots.test.ts -u`.

it.each(environments)("what $name is made of is what was reviewed [AWS-01]", async (settings) => {
  const summary = summaryOf(synthesize(settings));
  expect(summary).not.toMatch(/[0-9a-f]{40}/);
  await expect(summary).toMatchFileSnapshot(`snapshots/${settings.name}.txt`);
});
