import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { CloudFormationStackArtifact } from "aws-cdk-lib/cx-api";
import { AwsSolutionsChecks } from "cdk-nag";
import * as z from "zod";
import type { EnvironmentSettings } from "../../lib/environments.ts";
import { standUp } from "../../lib/stand-up.ts";

const cdkJson = new URL("../../cdk.json", import.meta.url);
const { context } = z
  .object({ context: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(readFileSync(cdkJson, "utf8")));

/** A resource of some template: what it is made of is CloudFormation's business, hence the library's `any`. */
export type Resource = { id: string; stack: string } & ReturnType<Template["findResources"]>[string];

export interface Synthesized {
  /** By the last part of the stack's name: `network`, `broker` … */
  templates: ReadonlyMap<string, Template>;
  /** The stacks that must be there before each. */
  dependencies: ReadonlyMap<string, readonly string[]>;
  warnings: readonly string[];
  /** What CloudFormation's schemas and rules find, if asked to look. */
  schemaFaults: readonly string[];
  /** cdk-nag's AwsSolutions, errors only. */
  nagErrors: readonly string[];
  resources(type: string): Resource[];
}

export interface SynthesisOptions {
  /**
   * Whether to hold the templates against CloudFormation's schemas and rules too: three seconds more.
   * @default false
   */
  validate?: boolean;
}

/** Synthesizes one environment as `cdk synth` does, without bundling the functions. */
export function synthesize(settings: EnvironmentSettings, options: SynthesisOptions = {}): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), "telemetry-synth-"));
  try {
    const app = new App({
      outdir,
      context: {
        ...context,
        "aws:cdk:bundling-stacks": [],
        "aws:cdk:disable-asset-staging": true,
        // Tests read the warnings themselves.
        "@aws-cdk/core:annotationsInValidationReport": false,
      },
      builtinCloudFormationValidation: options.validate ?? false,
    });
    standUp(app, settings);
    const { stacks } = app.synth();
    return { ...readStacks(stacks, settings), schemaFaults: faultsIn(outdir), nagErrors: nagErrorsOf(app) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function readStacks(stacks: readonly CloudFormationStackArtifact[], { name }: EnvironmentSettings) {
  const part = (id: string) => id.slice(`telemetry-${name}-`.length);
  const templates = new Map(stacks.map(({ id, template }) => [part(id), Template.fromJSON(template)]));
  return {
    templates,
    dependencies: new Map(
      stacks.map(({ id, dependencies }) => [part(id), dependencies.map((other) => part(other.id))]),
    ),
    warnings: stacks.flatMap(({ messages }) => messages.map(({ entry }) => String(entry.data))),
    resources: (type: string) =>
      [...templates].flatMap(([stack, template]) =>
        Object.entries(template.findResources(type)).map(([id, resource]) => ({ ...resource, id, stack })),
      ),
  };
}

const reportSchema = z.object({
  pluginReports: z.array(
    z.object({ violations: z.array(z.object({ ruleName: z.string(), description: z.string() })) }),
  ),
});

/** CDK writes a report only if there is something to report. */
function faultsIn(outdir: string): string[] {
  const file = join(outdir, "validation-report.json");
  if (!existsSync(file)) return [];
  const { pluginReports } = reportSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return pluginReports.flatMap(({ violations }) =>
    violations.map(({ ruleName, description }) => `${ruleName}: ${description}`),
  );
}

function nagErrorsOf(app: App): string[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations
    .filter(({ severity }) => severity === "error")
    .flatMap(({ ruleName, description, violatingResources }) =>
      (violatingResources ?? []).map(
        (resource) => `${ruleName} at ${resource.constructPath}: ${description}`,
      ),
    );
}
