import type { ViewProps } from "../../views.ts";
import { DeadLetterDetail } from "./detail.tsx";
import { DeadLetterList } from "./list.tsx";

/** What failed for good: see why, send it back, or set it aside. */
export default function DeadLetters({ rest: [id] }: ViewProps) {
  return id === undefined ? <DeadLetterList /> : <DeadLetterDetail id={id} />;
}
