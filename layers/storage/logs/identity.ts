import { createHash } from "node:crypto";
import { identityOf } from "../../core/envelope.ts";
import type { EventIdentity } from "../../core/lineage.ts";

// What rows and documents are told apart by: as long as no index has a limit for, whatever the names' lengths.

/** 128 bits of SHA-256 in hex, as a UUID is written without its hyphens. */
const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

export const entryKey = (id: string): string => hash(id);

export const eventKey = (identity: EventIdentity): string => hash(identityOf(identity));
