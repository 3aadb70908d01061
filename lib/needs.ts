import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { EmailIdentity } from "aws-cdk-lib/aws-ses";
import { rowOf } from "../functions/manifest.ts";
import { type FunctionRow, type Need, routesOf } from "../functions/manifest-row.ts";
import { environmentKeys } from "../layers/lambda/environment-keys.ts";
import { bootstrapKey } from "./constructs/bootstrap-key.ts";
import type { Platform } from "./platform.ts";

/** What each need of the manifest becomes: the grant, the way through the network, the environment. */
const provide: Record<Need, (platform: Platform, fn: LambdaFunction, service: string) => void> = {
  broker({ broker, settings }, fn, service) {
    broker.grantConnect(fn, service);
    fn.addEnvironment(environmentKeys.partitions, String(settings.partitions));
  },
  brokerAdministrator({ broker, settings, network }, fn) {
    broker.grantAdminister(fn, settings);
    fn.addEnvironment(environmentKeys.partitions, String(settings.partitions));
    network.allowInternet(fn);
  },
  bootstrapKey({ settings }, fn) {
    const secret = bootstrapKey(fn, settings);
    secret.grantRead(fn);
    fn.addEnvironment(environmentKeys.bootstrapKeySecretArn, secret.secretArn);
  },
  pointSize({ timestream }, fn) {
    timestream?.name(fn);
  },
  registry({ database }, fn) {
    database.grantConnect(fn);
  },
  measurements({ database, timestream, network }, fn, service) {
    if (!timestream) return database.grantConnect(fn);
    timestream.grant(fn, service);
    network.allowInternet(fn);
  },
  logs({ database, search, settings }, fn, service) {
    fn.addEnvironment(environmentKeys.logs, settings.logs);
    if (search) search.grant(fn, { manage: looksAfterStores(service) });
    else database.grantConnect(fn);
  },
  spool({ spool, network }, fn) {
    spool.grantPut(fn);
    network.allowStorage(fn);
  },
  spooled({ spool, network }, fn) {
    spool.grantTake(fn);
    network.allowStorage(fn);
  },
  sealed({ sealed, network }, fn) {
    sealed.grantRead(fn);
    network.allowStorage(fn);
  },
  seal({ sealed, network }, fn) {
    sealed.grantSeal(fn);
    network.allowStorage(fn);
  },
  mail({ settings: { mailFrom }, network }, fn) {
    if (mailFrom === null) return;
    EmailIdentity.fromEmailIdentityName(fn, "Sender", mailFrom).grantSendEmail(fn);
    fn.addEnvironment(environmentKeys.mailFrom, mailFrom);
    network.allowInternet(fn);
  },
  internet({ network }, fn) {
    network.allowInternet(fn);
  },
  sockets({ sockets, network }, fn) {
    sockets.grantManage(fn);
    // An endpoint for API Gateway in the network would lead to private APIs, and WebSocket APIs are never that.
    network.allowInternet(fn);
  },
  paging({ paging }, fn) {
    paging.grantRead(fn);
  },
};

export function provideNeeds({ name, needs }: FunctionRow, platform: Platform, fn: LambdaFunction): void {
  for (const need of needs) provide[need](platform, fn, name);
}

/** What runs by the clock or at a deploy makes tables and indices; what serves somebody does not. */
const looksAfterStores = (service: string): boolean =>
  rowOf(service).triggers.some(({ kind }) => kind === "schedule" || kind === "deploy");

/** Whether a function must be in the network: who tells of alarms must not need it. */
export const isInside = ({ needs }: FunctionRow): boolean => needs.some((need) => need !== "paging");

export const checksCredentials = (row: FunctionRow): boolean =>
  routesOf(row).some(({ scope }) => scope !== "open");

/** Where the keys of the environment's tokens are, and the way there. */
export function provideIssuer({ settings: { jwt }, network }: Platform, fn: LambdaFunction): void {
  if (jwt === null) return;
  fn.addEnvironment(environmentKeys.jwtIssuer, jwt.issuer);
  fn.addEnvironment(environmentKeys.jwtAudience, jwt.audience);
  fn.addEnvironment(environmentKeys.jwksUrl, jwt.jwksUrl);
  network.allowInternet(fn);
}
