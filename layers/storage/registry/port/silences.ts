import type { Silence } from "../../../core/alerting/alert-rule.ts";
import type { Micros } from "../../../core/time.ts";

export interface Silences {
  create(silence: Silence): Promise<void>;
  /** Those that end after `endingAfter`, the next to end first. `count` is of all of them. */
  list(page: {
    endingAfter: Micros;
    limit: number;
    offset: number;
  }): Promise<{ silences: Silence[]; count: number }>;
  find(silenceId: string): Promise<Silence | undefined>;
  /** @returns whether there was one */
  remove(silenceId: string): Promise<boolean>;
}
