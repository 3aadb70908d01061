import { Agent, request } from "node:http";

export interface HttpRequest {
  method: "GET" | "POST";
  path: string;
  /** JSON. */
  body?: string;
}

export interface HttpClient {
  /** @returns the answer's body @throws unless it is 200 */
  send(request: HttpRequest): Promise<string>;
  close(): void;
}

/** Keeps as many connections alive as there are requests at once. */
export function openHttp(url: string, apiKey: string): HttpClient {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1_000 });
  const { hostname, port } = new URL(url);
  const headers = { "content-type": "application/json", "x-api-key": apiKey };

  function send({ method, path, body }: HttpRequest): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${method} ${path}: expected 200, got ${response.statusCode} ${text}`));
      });
    });
    sent.on("error", reject);
    sent.end(body);
    return promise;
  }

  return { send, close: () => agent.destroy() };
}
