import { existsSync } from "node:fs";
import { join } from "node:path";
import { Annotations, type CfnElement, Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import type { IRole } from "aws-cdk-lib/aws-iam";
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
      // A bucket that is not empty cannot be deleted, and its stack with it.
      retainOnDelete: false,
      cacheControl: [CacheControl.maxAge(Duration.minutes(1)), CacheControl.mustRevalidate()],
      logGroup: new LogGroup(this, "Logs", {
        retention: this.#settings.logRetentionDays,
        removalPolicy: removalPolicyOf(this.#settings),
      }),
    });
    this.#acknowledge(handlerRole);
  }

  /** The library's own function copies the files, and what it may is the library's to say. */
  #acknowledge({ node: { scope: copier } }: IRole): void {
    if (!copier) return;
    const assets = "arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>";
    const basic = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    const own = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnElement);
    const reasons = {
      ...Object.fromEntries(
        ["GetBucket", "GetObject", "List", "Abort", "DeleteObject"].map((action) => [
          `AwsSolutions-IAM5[Action::s3:${action}*]`,
          "CDK's function for copying files asks for it, on the assets' bucket and this one only.",
        ]),
      ),
      [`AwsSolutions-IAM5[Resource::${assets}/*]`]: "Assets are named by their contents.",
      [`AwsSolutions-IAM5[Resource::<${own}.Arn>/*]`]:
        "It copies, and clears away, whatever files there are.",
      [`AwsSolutions-IAM4[Policy::${basic}]`]: "CDK's function for copying files comes with it.",
      "AwsSolutions-L1": "CDK chooses the runtime of its function for copying files.",
    };
    for (const [id, reason] of Object.entries(reasons)) Validations.of(copier).acknowledge({ id, reason });
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
