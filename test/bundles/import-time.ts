import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { environmentKeys } from "../../layers/lambda/environment-keys.ts";
import { type AnsweringServer, startAnsweringServer } from "../answering-server.ts";

// How long Lambda's Node.js would take to load a function: a process of its own imports the bundle, up to the end of
// what it awaits at its top. Nothing is connected by then but Secrets Manager, for which a server on this machine
// stands in.

const PROGRAM = `
  globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream } };
  const startedAt = performance.now();
  await import(process.argv[1]);
  process.stdout.write(String(performance.now() - startedAt), () => process.exit(0));
`;

/** Of the right form each; what is not asked for is not read. */
const values: Readonly<Record<string, string>> = {
  [environmentKeys.partitions]: "4",
  [environmentKeys.brokerEndpoint]: "amqps://127.0.0.1:1",
  [environmentKeys.databaseHost]: "127.0.0.1",
  [environmentKeys.databasePort]: "1",
  [environmentKeys.databaseCaFile]: "/dev/null",
  [environmentKeys.socketsEndpoint]: "https://127.0.0.1:1/x",
  [environmentKeys.openSearchEndpoint]: "https://127.0.0.1:1",
  [environmentKeys.logs]: "postgres",
};

export interface Importer {
  /** Milliseconds, in a process of its own. */
  milliseconds(file: string): Promise<number>;
  close(): Promise<void>;
}

export async function startImporter(): Promise<Importer> {
  const secrets: AnsweringServer = await startAnsweringServer(() => ({
    status: 200,
    body: { SecretString: JSON.stringify({ username: "someone", password: "secret" }) },
  }));
  const names = Object.entries(environmentKeys).filter(([key]) => !key.startsWith("jwt"));
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: secrets.url,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "any",
    AWS_SECRET_ACCESS_KEY: "any",
    ...Object.fromEntries(names.map(([, name]) => [name, values[name] ?? "x"])),
  };
  const run = promisify(execFile);
  return {
    async milliseconds(file) {
      const args = ["--input-type=module", "-e", PROGRAM, pathToFileURL(file).href];
      const { stdout } = await run(process.execPath, args, { env });
      return Number(stdout);
    },
    close: () => secrets.close(),
  };
}
