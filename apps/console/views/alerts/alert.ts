import type { Answer } from "../../api/call.ts";
import type { EventIdentity } from "../links.ts";

export type Alert = Answer<"showAlert">;

export const isOpen = ({ status }: Alert): boolean => status !== "resolved";

/** Events of alerts have ids of their own making: who knows the alert knows them. */
export const eventOf = (alertId: string, what: "triggered" | "acknowledged" | "resolved"): EventIdentity => ({
  source: "/telemetry-bus/alerts",
  id: `${alertId}.${what}`,
});
