import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as z from "zod";
import { environments } from "../../lib/environments.ts";
import { unpackedMoto } from "../aws/moto.ts";
import { synthesize } from "./synthesized.ts";
import { written } from "./written.ts";

// moto brings cfn-lint with it. Its program names a Python that was moved since.

const MAIN = "import sys; from cfnlint.runner import main; sys.exit(main())";

const passedOver = {
  W3005: "CDK says what depends on what where CloudFormation would see it by itself: it does no harm.",
  W3697: "Timestream takes no new customers: who asks for it has it, and synth warns of it.",
};

const foundSchema = z.array(
  z.object({
    Filename: z.string(),
    Message: z.string(),
    Rule: z.object({ Id: z.string() }),
    Location: z.object({ Path: z.array(z.union([z.string(), z.number()])).nullish() }),
  }),
);

async function lint(files: readonly string[]): Promise<string[]> {
  const environment = await unpackedMoto(() => undefined);
  const args = [
    "-c",
    MAIN,
    "--format",
    "json",
    "--ignore-checks",
    ...Object.keys(passedOver),
    "--template",
    ...files,
  ];
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const linting = execFile(
    join(environment, "bin/python"),
    args,
    { maxBuffer: 2 ** 28 },
    (error, stdout, stderr) => {
      // It ends with a number that says what kind of fault it found, if it found any.
      if (error && typeof error.code !== "number") reject(error);
      else if (stdout.trim() === "" && stderr.trim() !== "") reject(new Error(stderr));
      else resolve(stdout);
    },
  );
  // Given nothing to read, it does not wait for a template there.
  linting.stdin?.end();
  const found = foundSchema.parse(JSON.parse((await promise) || "[]"));
  return found.map(
    ({ Rule, Filename, Location, Message }) =>
      `${Rule.Id} ${Filename.split("/").at(-1)} ${Location.Path?.join(".")}: ${Message}`,
  );
}

it.each(environments)(
  "cfn-lint finds no fault in the templates of $name [AWS-07]",
  async (settings) => {
    const { files, discard } = await written(synthesize(settings));
    try {
      expect(await lint(files)).toEqual([]);
    } finally {
      await discard();
    }
  },
  600_000,
);

it("is run for real: it finds a fault that is there", async () => {
  const broken = {
    toJSON: () => ({ Resources: { A: { Type: "AWS::S3::Bucket", Properties: { Colour: 1 } } } }),
  };
  const { files, discard } = await written({ templates: new Map([["broken", broken as never]]) });
  try {
    expect(await lint(files)).toEqual([expect.stringMatching(/^E3002 broken.template.json .*Colour/)]);
  } finally {
    await discard();
  }
}, 600_000);
