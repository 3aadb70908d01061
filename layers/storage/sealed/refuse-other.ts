import type { SealedHead } from "../../core/audit.ts";
import { PermanentError } from "../../core/errors.ts";

/** @throws {PermanentError} `sealed_otherwise` */
export function refuseOther(kept: SealedHead, head: SealedHead): void {
  if (kept.hash === head.hash) return;
  const message =
    `position ${head.position} of the audit was sealed at ${kept.sealed_at} with the hash ${kept.hash}, ` +
    `and now has ${head.hash}`;
  throw new PermanentError(message, { code: "sealed_otherwise" });
}
