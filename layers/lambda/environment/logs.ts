import { defaultProvider } from "@aws-sdk/credential-provider-node";
import * as z from "zod";
import type { ClientOptions } from "../../storage/logs/opensearch/client.ts";
import { openOpenSearchLogs } from "../../storage/logs/opensearch/logs.ts";
import type { Logs } from "../../storage/logs/port.ts";
import { openPostgresLogs } from "../../storage/logs/postgres/logs.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { databaseConnection } from "./database.ts";
import { read } from "./read.ts";

/** Which backend the environment has. */
export const logsBackend = (): "opensearch" | "postgres" =>
  z.enum(["postgres", "opensearch"]).parse(read(keys.logs));

/** Signed by the function's role, in the region that Lambda runs it in. */
export const openSearch = (): ClientOptions => ({
  endpoint: read(keys.openSearchEndpoint),
  signing: { region: read("AWS_REGION"), credentials: defaultProvider() },
});

export const logs = async (): Promise<Logs> =>
  logsBackend() === "opensearch"
    ? openOpenSearchLogs(openSearch())
    : openPostgresLogs(await databaseConnection());
