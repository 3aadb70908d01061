import { existsSync } from "node:fs";
import { join } from "node:path";
import { Annotations, Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { BucketDeployment, CacheControl, Source } from "aws-cdk-lib/aws-s3-deployment";
import { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";

const root = join(import.meta.dirname, "..", "..");
/** `npm run build` makes it. */
const BUILT = join(root, "dist", "console");
const PLACEHOLDER = join(root, "lib", "site", "placeholder");

/** The console's files. Everything in it can be built again. */
export class ConsoleBucket extends Construct {
  readonly bucket: Bucket;
  readonly #settings: EnvironmentSettings;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    this.#settings = settings;
    this.bucket = new Bucket(this, "Bucket", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason: "It holds files that anybody may read, and CloudFront alone reads them.",
    });
  }

  /**
   * Copies the files into it at each deploy. What CloudFront has of them it asks for again after a minute, so that
   * nothing must be let to clear its caches.
   */
  fill(folder = this.#built()): void {
    const { handlerRole } = new BucketDeployment(this, "Files", {
      sources: [Source.asset(folder)],
      destinationBucket: this.bucket,
      cacheControl: [CacheControl.maxAge(Duration.minutes(1)), CacheControl.mustRevalidate()],
      logGroup: new LogGroup(this, "Logs", {
        retention: this.#settings.logRetentionDays,
        removalPolicy: removalPolicyOf(this.#settings),
      }),
    });
  }

  #built(): string {
    if (existsSync(join(BUILT, "index.html"))) return BUILT;
    Annotations.of(this).addWarningV2(
      "telemetry-bus:console",
      "dist/console is not there: a page that says so takes the console's place until npm run build has made it",
    );
    return PLACEHOLDER;
  }
}
