import type { Clock } from "../core/clock.ts";
import { UnavailableError } from "../core/errors.ts";
import { KnownMetrics } from "../core/known-metrics.ts";
import type { Definitions } from "../storage/registry/port/definitions.ts";

/** A change is seen within this time, and what it takes to ask. */
const FRESH_MS = 1_000;
/** While the database is away, what was known this recently still holds. */
const STALE_MS = 15 * 60_000;
/** A database that does not even refuse is away, too: who takes points can wait for it no longer than this. */
const PATIENCE_MS = 500;
/** Who knows nothing yet: an answer of 503 must come before API Gateway gives up. */
const LONG_PATIENCE_MS = 5_000;
/** Then, or when it refused, it is not asked again for a while, so that not every request waits. */
const ASK_AGAIN_MS = 5_000;
const PER_PAGE = 5_000;

export interface DefinitionsCache {
  /**
   * The metrics as they were at most a second ago; up to 15 minutes ago while the database is away.
   *
   * @param atLeast a revision that somebody knew, and that must be known to whoever goes by what he decided
   * @throws {UnavailableError} the database is away, and was for longer than that, or for that revision
   */
  current(atLeast?: number): Promise<KnownMetrics>;
  /** Of what `current` answered last. */
  readonly revision: number;
}

/**
 * A copy of the definitions. Once a second, and only if somebody asks, it asks what has changed.
 *
 * @param mostPointBytes what the store of measurements takes of a point. @default no limit
 */
export function createDefinitionsCache(
  definitions: Pick<Definitions, "changes">,
  clock: Clock,
  mostPointBytes?: number,
): DefinitionsCache {
  const metrics = new KnownMetrics([], mostPointBytes);
  let revision = 0;
  let complete = false;
  let readAt = Number.NEGATIVE_INFINITY;
  let freshUntil = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const at = clock.now();
    for (let size = PER_PAGE; size === PER_PAGE; ) {
      const page = await definitions.changes(revision, PER_PAGE);
      metrics.learn(page.metrics);
      revision = page.revision;
      size = page.metrics.length;
    }
    complete = true;
    readAt = at;
    freshUntil = at + FRESH_MS;
  }

  /** One for all who ask meanwhile; a read that nobody waits for any longer still counts when it ends. */
  function readOnce(patienceMs: number): Promise<void> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    reading.catch(() => {});
    return inTime(reading, patienceMs);
  }

  const isUsable = () => complete && clock.now() - readAt < STALE_MS;

  return {
    get revision() {
      return revision;
    },
    async current(atLeast = 0) {
      const isFresh = complete && clock.now() < freshUntil && clock.now() >= freshUntil - ASK_AGAIN_MS;
      if (isFresh && revision >= atLeast) return metrics;
      const mayBeStale = () => isUsable() && revision >= atLeast;
      try {
        await readOnce(mayBeStale() ? PATIENCE_MS : LONG_PATIENCE_MS);
        // That read may have begun too early. After another one it is known as far as it is there: a registry that
        // was restored from a backup may have forgotten the revision.
        if (revision < atLeast) await readOnce(LONG_PATIENCE_MS);
      } catch (error) {
        if (!(error instanceof UnavailableError) || !mayBeStale()) throw error;
        freshUntil = clock.now() + ASK_AGAIN_MS;
      }
      return metrics;
    },
  };
}

async function inTime<Answer>(asked: Promise<Answer>, patienceMs: number): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new UnavailableError("the registry does not answer")), patienceMs);
  return Promise.race([asked, promise]).finally(() => clearTimeout(timer));
}
