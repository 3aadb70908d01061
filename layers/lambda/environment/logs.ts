import { defaultProvider } from "@aws-sdk/credential-provider-node";
import * as z from "zod";
import type { ClientOptions } from "../../storage/logs/opensearch/client.ts";
import { migrateOpenSearchLogs, openOpenSearchLogs } from "../../storage/logs/opensearch/logs.ts";
import type { Logs } from "../../storage/logs/port.ts";
import { migrateLogs, openPostgresLogs } from "../../storage/logs/postgres/logs.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import { databaseConnection, databaseUrl } from "./database.ts";
import { read } from "./read.ts";

interface Backend {
  open(): Promise<Logs>;
  /** @param migrations where the bundle carries PostgreSQL's */
  migrate(migrations: URL): Promise<void>;
}

const backends: Readonly<Record<"postgres" | "opensearch", Backend>> = {
  postgres: {
    open: async () => openPostgresLogs(await databaseConnection()),
    migrate: async (migrations) => migrateLogs(await databaseUrl(), migrations),
  },
  opensearch: {
    open: async () => openOpenSearchLogs(openSearch()),
    migrate: () => migrateOpenSearchLogs(openSearch()),
  },
};

const backend = (): Backend => backends[z.enum(["postgres", "opensearch"]).parse(read(keys.logs))];

/** Signed by the function's role, in the region that Lambda runs it in. */
const openSearch = (): ClientOptions => ({
  endpoint: read(keys.openSearchEndpoint),
  signing: { region: read("AWS_REGION"), credentials: defaultProvider() },
});

export const logs = (): Promise<Logs> => backend().open();

export const migrateBundledLogs = (migrations: URL): Promise<void> => backend().migrate(migrations);
