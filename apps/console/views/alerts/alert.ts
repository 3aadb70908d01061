import type { Answer } from "../../api/call.ts";

export type Alert = Answer<"showAlert">;

export const isOpen = ({ status }: Alert): boolean => status !== "resolved";

/** Events of alerts have ids of their own making: who knows the alert knows them. */
export const eventIdOf = (alertId: string, what: "triggered" | "acknowledged" | "resolved"): string =>
  `${alertId}.${what}`;
