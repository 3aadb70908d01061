import type { ViewProps } from "../../views.ts";
import { AuditEntryView } from "./entry.tsx";
import { AuditList } from "./list.tsx";
import { Verify } from "./verify.tsx";

/** The audit: read, and checked. */
export default function Audit({ rest: [what] }: ViewProps) {
  if (what === undefined) return <AuditList />;
  return what === "verify" ? <Verify /> : <AuditEntryView position={Number(what)} />;
}
