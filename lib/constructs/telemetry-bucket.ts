import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  ObjectLockRetention,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { environmentKeys } from "../../layers/lambda/environment-keys.ts";
import type { EnvironmentSettings } from "../environments.ts";

const closed = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
} satisfies BucketProps;

/**
 * Who read and wrote in the other buckets. It outlives its stack, which could not delete it: it is written to until
 * the other buckets are gone, and only an empty bucket can be deleted.
 */
export class AccessLogBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    this.bucket = new Bucket(this, "Bucket", {
      ...closed,
      lifecycleRules: [{ expiration: Duration.days(settings.logRetentionDays) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason: "It holds the access logs of the other buckets; its own would never end.",
    });
  }
}

/**
 * Where messages wait while the broker is away. They were acknowledged: nothing expires, and the bucket outlives
 * its stack in every environment.
 */
export class SpoolBucket extends Construct {
  readonly #bucket: Bucket;

  constructor(scope: Construct, id: string, logs: AccessLogBucket) {
    super(scope, id);
    this.#bucket = new Bucket(this, "Bucket", {
      ...closed,
      serverAccessLogsBucket: logs.bucket,
      serverAccessLogsPrefix: "spool/",
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Lets the function put messages in, and see how many wait. */
  grantPut(fn: LambdaFunction): void {
    grant(fn, this.#bucket, { objects: ["s3:PutObject"], bucket: ["s3:ListBucket"] });
    fn.addEnvironment(environmentKeys.spoolBucket, this.#bucket.bucketName);
  }

  /** Lets the function take messages out. */
  grantTake(fn: LambdaFunction): void {
    grant(fn, this.#bucket, { objects: ["s3:GetObject", "s3:DeleteObject"], bucket: ["s3:ListBucket"] });
    fn.addEnvironment(environmentKeys.spoolBucket, this.#bucket.bucketName);
  }
}

/** Where the heads of the audit's chain lie. Not even the account's owner deletes one before its time. */
export class SealedBucket extends Construct {
  readonly #bucket: Bucket;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings, logs: AccessLogBucket) {
    super(scope, id);
    this.#bucket = new Bucket(this, "Bucket", {
      ...closed,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(settings.auditSealDays)),
      serverAccessLogsBucket: logs.bucket,
      serverAccessLogsPrefix: "sealed/",
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Lets the function read heads. */
  grantRead(fn: LambdaFunction): void {
    grant(fn, this.#bucket, { objects: ["s3:GetObject"], bucket: ["s3:ListBucket"] });
    fn.addEnvironment(environmentKeys.sealedBucket, this.#bucket.bucketName);
  }

  /** Lets the function add heads, having seen that nobody could delete them. */
  grantSeal(fn: LambdaFunction): void {
    this.grantRead(fn);
    grant(fn, this.#bucket, { objects: ["s3:PutObject"], bucket: ["s3:GetBucketObjectLockConfiguration"] });
  }
}

/** Action by action: the library's own grants are made of wildcards. */
function grant(fn: LambdaFunction, bucket: Bucket, actions: { objects: string[]; bucket: string[] }): void {
  fn.addToRolePolicy(
    new PolicyStatement({ actions: actions.objects, resources: [bucket.arnForObjects("*")] }),
  );
  fn.addToRolePolicy(new PolicyStatement({ actions: actions.bucket, resources: [bucket.bucketArn] }));
  if (!fn.role) return;
  // The finding is named by how the other stack exports the bucket.
  const { "Fn::ImportValue": exported } = bucket.stack.resolve(bucket.stack.exportValue(bucket.bucketArn));
  Validations.of(fn.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${exported}/*]`,
    reason: "The keys of its objects are times and hashes, which nobody knows before.",
  });
}
