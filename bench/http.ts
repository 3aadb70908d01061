import { Agent, request } from "node:http";

export interface HttpRequest {
  method: "GET" | "POST" | "PUT";
  path: string;
  /** JSON. */
  body?: string;
}

export interface HttpAnswer {
  status: number;
  text: string;
}

export interface HttpClient {
  ask(request: HttpRequest): Promise<HttpAnswer>;
  /** @returns the answer's body @throws unless the answer is 200 */
  send(request: HttpRequest): Promise<string>;
  close(): void;
}

/** Keeps as many connections alive as there are requests at once. */
export function openHttp(url: string, apiKey: string): HttpClient {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1_000 });
  const { hostname, port } = new URL(url);
  const headers = { "content-type": "application/json", "x-api-key": apiKey };

  function ask({ method, path, body }: HttpRequest): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
    return promise;
  }

  async function send(request: HttpRequest): Promise<string> {
    const { status, text } = await ask(request);
    if (status === 200) return text;
    throw new Error(`${request.method} ${request.path}: expected 200, got ${status} ${text}`);
  }

  return { ask, send, close: () => agent.destroy() };
}
