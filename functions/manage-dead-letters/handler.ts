import { RefusedError } from "../../layers/core/errors.ts";
import { microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { DeadLetter, DeadLetters } from "../../layers/storage/registry/port.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { describe, describeWhole, filterOf } from "./describe.ts";
import { replay } from "./replay.ts";
import { operations } from "./schema.ts";

export type DeadLetterDependencies = HttpDependencies &
  Pick<Dependencies, "broker" | "bus" | "registry" | "topology">;

/** What a Lambda may answer (6 MB) holds this twice: in base64, and as the event. */
const MAX_SHOWN_BYTES = 2 * 1_024 * 1_024;

export function createHandler(dependencies: DeadLetterDependencies): HttpHandler {
  const routes = routesOf(rowOf("manage-dead-letters"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf(dependencies: DeadLetterDependencies): OperationHandlers<typeof operations> {
  const { deadLetters } = dependencies.registry;
  return {
    async listDeadLetters({ query: { state, limit, offset, ...fields } }) {
      const page = { limit, offset };
      const found = await deadLetters.list({ ...filterOf(fields), state }, page);
      return {
        body: { dead_letters: found.deadLetters.map(describe), count: found.count, ...page },
      };
    },

    async showDeadLetter({ params }) {
      const letter = await existing(deadLetters, params.dead_letter_id);
      const body = letter.bodyBytes > MAX_SHOWN_BYTES ? undefined : await deadLetters.body(letter.id);
      return { body: describeWhole(letter, body) };
    },

    async replayDeadLetters({ body, now }) {
      return { body: await replay(body, microsOf(now), dependencies) };
    },

    async discardDeadLetter({ params, query, now }) {
      const id = params.dead_letter_id;
      const discarded = await deadLetters.discard(id, { ...query, now: microsOf(now) });
      if (!discarded) {
        const { state } = await existing(deadLetters, id);
        if (state === "replayed") throw new RefusedError(409, `the dead letter ${id} was replayed`);
      }
      return { body: { success: true, id } };
    },
  };
}

async function existing(deadLetters: DeadLetters, id: string): Promise<DeadLetter> {
  const letter = await deadLetters.find(id);
  if (!letter) throw new RefusedError(404, `no dead letter ${id}`);
  return letter;
}
