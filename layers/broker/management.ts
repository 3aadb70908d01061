import { UnavailableError } from "../core/errors.ts";

/** RabbitMQ's management API, as far as users and their rights go ("HTTP API Reference", RabbitMQ documentation). */
export interface Management {
  /** @throws {UnavailableError} `management_unavailable`, saying what was asked and what came */
  put(path: readonly string[], body: object): Promise<void>;
  /** Whether there is such a thing. @throws {UnavailableError} */
  exists(path: readonly string[]): Promise<boolean>;
}

export interface ManagementOptions {
  /** `https://host`, without credentials. */
  url: string;
  username: string;
  password: string;
  /** @default 10000 */
  timeoutMs?: number;
}

const NOT_FOUND = 404;
const MAX_QUOTED = 300;

export function createManagement(options: ManagementOptions): Management {
  const { url, username, password, timeoutMs = 10_000 } = options;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

  async function ask(method: "GET" | "PUT", path: readonly string[], body?: object): Promise<Response> {
    const target = `/api/${path.map(encodeURIComponent).join("/")}`;
    const failed = (why: string, cause?: unknown) =>
      new UnavailableError(`${method} ${target} of the broker's management API: ${why}`, {
        code: "management_unavailable",
        cause,
      });
    let answer: Response;
    try {
      answer = await fetch(new URL(target, url), {
        method,
        headers: { authorization, "content-type": "application/json" },
        body: body && JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (cause) {
      throw failed(reasonOf(cause), cause);
    }
    if (answer.ok || answer.status === NOT_FOUND) return answer;
    throw failed(`expected success, got ${answer.status} ${(await answer.text()).slice(0, MAX_QUOTED)}`);
  }

  return {
    async put(path, body) {
      const answer = await ask("PUT", path, body);
      await answer.body?.cancel();
      if (answer.ok) return;
      throw new UnavailableError(`the broker's management API knows no ${path.join("/")}`, {
        code: "management_unavailable",
      });
    },
    async exists(path) {
      const answer = await ask("GET", path);
      await answer.body?.cancel();
      return answer.ok;
    },
  };
}

/** fetch says "fetch failed", and why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
