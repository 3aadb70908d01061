import { credential, signOut } from "../state/session.ts";
import { noteAnswer, noteSilence } from "./connection.ts";
import { ApiError } from "./error.ts";
import { type Operations, routes } from "./operations.ts";

export type OperationId = keyof Operations;
export type Answer<Id extends OperationId> = Operations[Id]["answer"];

/** Of what an operation takes, only what it has. */
export type Input<Id extends OperationId> = Part<"params", Operations[Id]["params"]> &
  Part<"query", Operations[Id]["query"]> &
  Part<"body", Operations[Id]["body"]>;

type Part<Name extends string, Type> = [Type] extends [undefined]
  ? unknown
  : keyof Type extends never
    ? unknown
    : Record<never, never> extends Type
      ? { [name in Name]?: Type }
      : { [name in Name]: Type };

interface LooseInput {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** Instead of the session's. */
  credential?: string;
  headers?: Record<string, string>;
}

/**
 * Asks the API, by the operation's id in its document.
 * @throws {ApiError} it refused, failed, or could not be reached
 */
export async function call<Id extends OperationId>(
  id: Id,
  input: Input<Id>,
  options: CallOptions = {},
): Promise<Answer<Id>> {
  const response = await send(id, input, options);
  const text = await response.text().catch(unanswered("the answer broke off", options));
  const isJson = response.headers.get("content-type")?.includes("json");
  return (isJson ? JSON.parse(text) : text) as Answer<Id>;
}

/** As `call`, and leaves the answer's body to be read: for what is streamed. */
export async function send<Id extends OperationId>(
  id: Id,
  input: Input<Id>,
  options: CallOptions = {},
): Promise<Response> {
  const { body } = input as LooseInput;
  const given = options.credential ?? credential.value;
  const response = await fetch(urlOf(id, input), {
    method: routes[id][0],
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(given ? { authorization: `Bearer ${given}` } : {}),
      ...options.headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: options.signal ?? null,
    cache: "no-store",
  }).catch(unanswered("the API cannot be reached", options));
  noteAnswer();
  if (response.ok) return response;
  const error = await ApiError.of(response);
  // Of the key that it was sent with: a late answer to a former session's says nothing of this one's.
  if (error.status === 401 && given && given === credential.value) signOut(error.message);
  throw error;
}

/** What becomes of a request that got no whole answer, other than by being given up. */
const unanswered =
  (detail: string, { signal }: CallOptions) =>
  (cause: unknown): never => {
    if (signal?.aborted) throw cause;
    noteSilence();
    throw new ApiError({ status: 0, detail }, { cause });
  };

/** The URL of an operation, for links and for what is shown as curl. */
export function urlOf<Id extends OperationId>(id: Id, input: Input<Id>): string {
  const { params = {}, query = {} } = input as LooseInput;
  const path = routes[id][1].replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined && each !== null && each !== "") search.append(name, String(each));
  }
  return search.size > 0 ? `${path}?${search}` : path;
}
