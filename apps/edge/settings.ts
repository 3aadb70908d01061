import { readFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import { describe, faultsOf } from "../../layers/core/envelope.ts";
import { asError, type Fault, RefusedError } from "../../layers/core/errors.ts";
import { configSchema, type EdgeConfig } from "./config.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {RefusedError} naming the file and what in it is wrong, each by its path */
export async function readConfig(path: string, environment: Environment = process.env): Promise<EdgeConfig> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new RefusedError(400, `${path}: ${asError(cause).message}`, [], { cause });
  });
  try {
    return parseConfig(text, environment);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    throw new RefusedError(400, `${path}: ${error.message}`, error.faults, { cause: error });
  }
}

/** @throws {RefusedError} */
export function parseConfig(text: string, environment: Environment): EdgeConfig {
  const document = parseDocument(text.replace(VARIABLE, `${OPEN}$1${CLOSE}`), { prettyErrors: true });
  const [error] = document.errors;
  if (error) throw new RefusedError(400, `not YAML: ${error.message}`);
  const faults: Fault[] = [];
  const expanded = expand(document.toJS() ?? {}, "", environment, faults);
  if (faults.length > 0) throw refused(faults);
  const parsed = configSchema.safeParse(expanded);
  if (parsed.success) return parsed.data;
  throw refused(faultsOf(parsed.error));
}

const refused = (faults: Fault[]) => new RefusedError(400, describe(faults), faults);

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
/** Braces are YAML's own within { }: while it is parsed, characters that nobody writes stand for them. */
const [OPEN, CLOSE] = ["\ue000", "\ue001"];
const MARKED = new RegExp(`${OPEN}(\\w+)${CLOSE}`, "g");

/**
 * `${NAME}` within texts is the environment's. After parsing, so that no value can become another key; a variable
 * that is not set is a fault and no empty text.
 */
function expand(value: unknown, path: string, environment: Environment, faults: Fault[]): unknown {
  if (typeof value === "string") {
    return value.replace(MARKED, (_, name: string) => {
      const found = environment[name];
      if (found === undefined || found === "") {
        faults.push({ path, message: `the environment variable ${name} is not set` });
      }
      return found ?? "";
    });
  }
  if (Array.isArray(value)) return value.map((item, i) => expand(item, `${path}[${i}]`, environment, faults));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      expand(item, path ? `${path}.${key}` : key, environment, faults),
    ]),
  );
}
