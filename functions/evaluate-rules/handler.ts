import { announce } from "../../layers/broker/announce.ts";
import type { Failure } from "../../layers/broker/settle.ts";
import type { RuleBook } from "../../layers/core/alerting/rule-book.ts";
import { PermanentError } from "../../layers/core/errors.ts";
import { createDeletedDevices, type IsDeleted } from "../../layers/lambda/deleted-devices.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import { createRuleBookCache } from "../../layers/lambda/rule-book.ts";
import type { Effects, InboxVerdict } from "../../layers/storage/registry/port.ts";
import type { Dependencies } from "../dependencies.ts";
import { type Arrival, decode } from "./arrival.ts";
import { concernedBy } from "./concerned.ts";
import { evaluatePoints, evaluateTick } from "./evaluation.ts";

export type EvaluateDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "registry">;

/** All partitions share one memory, as with the points that are stored. */
const INBOX = "telemetry.rules";

/**
 * Evaluates the rules: alerts, and the events that tell of them, are committed together with the memory of the message
 * that they follow from. What concerns no rule costs no transaction.
 */
export function createHandler({ bus, clock, logger, registry }: EvaluateDependencies): QueueHandler {
  const books = createRuleBookCache(registry.rules, clock);
  const deleted = createDeletedDevices(registry.deviceLives, clock);
  return createQueueHandler<Arrival>({
    bus,
    clock,
    logger,
    decode,
    async handle(arrivals) {
      const book = await books.current();
      dropDead(arrivals, await deleted.current());
      const concerned = arrivals.filter(
        (each) => each.kind === "tick" || concernedBy([each], book).length > 0,
      );
      if (concerned.length === 0) return undefined;
      const entries = concerned.map(({ entry }) => entry);
      let told = 0;
      const failures = await registry.inbox.once(
        INBOX,
        entries,
        { kind: "batches" },
        async (verdicts, effects) => {
          const fresh = concerned.filter((_, i) => verdicts[i] === "fresh");
          told = await evaluate(fresh, book, effects);
          return concerned.flatMap((item, i) => failureOf(item, verdicts[i]));
        },
      );
      if (told > 0) await announce({ bus, outbox: registry.outbox, logger });
      return failures;
    },
  });
}

/** Points that were under way when their device was deleted. */
function dropDead(arrivals: readonly Arrival[], isDeleted: IsDeleted): void {
  for (const arrival of arrivals) {
    if (arrival.kind !== "points") continue;
    const { acceptedAt, points } = arrival;
    arrival.points = points.filter(({ deviceId }) => !isDeleted(deviceId, acceptedAt));
  }
}

/** In the order of the queue: what stands before a tick is evaluated before it. @returns how many events follow */
async function evaluate(arrivals: readonly Arrival[], book: RuleBook, effects: Effects): Promise<number> {
  let told = 0;
  let before: Arrival[] = [];
  for (const arrival of arrivals) {
    if (arrival.kind === "points") {
      before.push(arrival);
      continue;
    }
    told += await evaluatePoints(before, book, effects);
    told += await evaluateTick(arrival, book, effects);
    before = [];
  }
  return told + (await evaluatePoints(before, book, effects));
}

function failureOf(item: Arrival, verdict: InboxVerdict | undefined): Failure<Arrival>[] {
  if (verdict !== "too_old_to_deduplicate" && verdict !== "time_too_far_ahead") return [];
  const message = `measurements that cannot be told from some evaluated before: ${verdict}`;
  return [{ item, error: new PermanentError(message, { code: verdict }) }];
}
