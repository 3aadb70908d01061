import type { ComponentType } from "preact";
import type { IconName } from "./components/icon.tsx";

export interface ViewProps {
  /** What follows the view's own path: `["alr_1"]` of `/alerts/alr_1`. */
  rest: readonly string[];
}

export interface View {
  /** All below it belongs to the view too. Nothing of the API's may begin like this. */
  path: string;
  title: string;
  icon: IconName;
  load: () => Promise<{ default: ComponentType<ViewProps> }>;
}

/** The views, as the navigation lists them. Each is a folder, and loaded when it is gone to. */
export const views: readonly View[] = [
  { path: "/", title: "Overview", icon: "overview", load: () => import("./views/overview/overview.tsx") },
  {
    path: "/explore",
    title: "Explore",
    icon: "explore",
    load: () => import("./views/explore/explore.tsx"),
  },
  { path: "/alerts", title: "Alerts", icon: "alerts", load: () => import("./views/alerts/alerts.tsx") },
  { path: "/rules", title: "Rules", icon: "rules", load: () => import("./views/rules/rules.tsx") },
  { path: "/bus", title: "Bus", icon: "bus", load: () => import("./views/bus/bus.tsx") },
  {
    path: "/dead-letters",
    title: "Dead letters",
    icon: "dead-letters",
    load: () => import("./views/dead-letters/dead-letters.tsx"),
  },
  { path: "/events", title: "Events", icon: "events", load: () => import("./views/events/events.tsx") },
  { path: "/logs", title: "Logs", icon: "logs", load: () => import("./views/logs/logs.tsx") },
  { path: "/audit", title: "Audit", icon: "audit", load: () => import("./views/audit/audit.tsx") },
  {
    path: "/settings",
    title: "Settings",
    icon: "settings",
    load: () => import("./views/settings/settings.tsx"),
  },
];

export function viewOf(path: string): { view: View; rest: string[] } | undefined {
  const [first = "", ...rest] = path.split("/").slice(1).map(decoded);
  const view = views.find((each) => each.path === `/${first}`);
  return view && (view.path !== "/" || rest.length === 0) ? { view, rest } : undefined;
}

/** A `%` that begins nothing is just that: addresses are typed by hand too. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
