import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";

/**
 * Ports are chosen below the ranges from which systems take the ports of outgoing connections (Linux from
 * 32768, macOS from 49152). In those ranges a client that reconnects to a service that is down can be given
 * the service's own port, and the service cannot come back to it.
 */
const lowest = 20_000;
const highest = 31_999;
const attempts = 100;

/** A port on 127.0.0.1 on which nothing listens, and that is not in `except`. */
export async function freePort(except: readonly number[] = []): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (!except.includes(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`no free port between ${lowest} and ${highest} on 127.0.0.1 after ${attempts} attempts`);
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * One port per name, the same at every start, because clients reconnect to the address that they know.
 * They are kept in `file`; one that somebody else has taken meanwhile is chosen anew.
 * `wanted` ports are used as they are.
 */
export async function keptPorts<Name extends string>(
  file: string,
  names: readonly Name[],
  wanted: Partial<Record<Name, number>> = {},
): Promise<Record<Name, number>> {
  const kept = await readPorts(file);
  const ports: Record<string, number> = {};
  for (const name of names) {
    ports[name] = wanted[name] ?? (await keptOrFree(kept[name], Object.values(ports)));
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(ports, undefined, 2)}\n`);
  return ports as Record<Name, number>;
}

async function keptOrFree(port: number | undefined, taken: readonly number[]): Promise<number> {
  return port !== undefined && !taken.includes(port) && (await isPortFree(port)) ? port : freePort(taken);
}

async function readPorts(file: string): Promise<Record<string, number>> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {}; // Half written by a run that was killed: choose anew.
  }
}
