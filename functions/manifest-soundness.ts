import {
  type FunctionRow,
  type Need,
  type Route,
  type ScheduleTrigger,
  socketRoutes,
  type Trigger,
} from "./manifest-row.ts";

/** API Gateway gives up on an integration after this time, unless it streams ("Quotas for REST APIs", API Gateway). */
const MAX_ROUTE_SECONDS = 29;
/** Bounds of a function ("Lambda quotas"), of a batch ("Using Lambda with Amazon MQ"), of a rate (EventBridge). */
const MAX_SECONDS = 900;
const MEMORY_MB = { min: 128, max: 10_240 };
const MAX_BATCH = 10_000;
const WINDOW_SECONDS = { min: 0, max: 300 };
const SECONDS_PER_MINUTE = 60;

const NAME = /^[a-z]+(-[a-z]+)*$/;
const PARAMETER = /^\{[a-z]+(_[a-z]+)*\}$/;
const WORD = /^[A-Za-z0-9._-]+$/;

interface OwnedRoute {
  owner: string;
  route: Route;
}

/**
 * Checks the manifest by itself, before anything is deployed or started.
 *
 * @returns a sentence per mistake, naming both ends.
 */
export function faultsInManifest(rows: readonly FunctionRow[]): string[] {
  const routes = rows.flatMap(({ name, triggers }) =>
    triggers.filter((trigger) => trigger.kind === "route").map((route) => ({ owner: name, route })),
  );
  return [
    ...collisions(rows.map(({ name }) => ({ owner: name, what: `the name ${name}` }))),
    ...collisions(routes.map(({ owner, route }) => ({ owner, what: `the route ${shapeOf(route)}` }))),
    ...collisions(routes.map(({ owner, route }) => ({ owner, what: `the operation ${route.operation}` }))),
    ...faultsInSockets(rows),
    ...routes.flatMap(faultsInPath),
    ...faultsInSiblings(routes),
    ...rows.flatMap(faultsInRow),
  ];
}

function faultsInRow(row: FunctionRow): string[] {
  const { name, triggers, needs, memoryMb, timeoutSeconds, streams = false } = row;
  const routed = triggers.some(({ kind }) => kind === "route" || kind === "socket");
  const longest = routed && !streams ? MAX_ROUTE_SECONDS : MAX_SECONDS;
  const faults = [
    !NAME.test(name) && "expected a name of lower-case words between hyphens",
    triggers.length === 0 && "nothing triggers it",
    streams && !routed && "streams, and no route is there to be answered",
    new Set(needs).size < needs.length && `names a need twice: ${needs.join(", ")}`,
    !within(memoryMb, MEMORY_MB) && `expected 128 to 10,240 MB of memory, got ${memoryMb}`,
    !within(timeoutSeconds, { min: 1, max: longest }) &&
      `expected a timeout of 1 to ${longest} s${routed ? " behind API Gateway" : ""}, got ${timeoutSeconds}`,
    ...triggers.flatMap((trigger) => faultsInTrigger(trigger, needs)),
  ];
  return faults.filter((fault) => typeof fault === "string").map((fault) => `function "${name}": ${fault}`);
}

function faultsInTrigger(trigger: Trigger, needs: readonly Need[]): (string | false)[] {
  switch (trigger.kind) {
    case "route":
      return [
        trigger.scope !== "open" &&
          !needs.includes("registry") &&
          `the route ${shapeOf(trigger)} asks for a key, and the registry that keeps keys is not among its needs`,
      ];
    case "queue":
      return [
        !within(trigger.batchSize, { min: 1, max: MAX_BATCH }) &&
          `expected batches of 1 to 10,000 messages from "${trigger.queue}", got ${trigger.batchSize}`,
        !within(trigger.windowSeconds ?? 0, WINDOW_SECONDS) &&
          `expected a window of 0 to 300 whole seconds for "${trigger.queue}", got ${trigger.windowSeconds}`,
        !needs.includes("broker") &&
          `consumes "${trigger.queue}", and the broker that takes its retries is not among its needs`,
      ];
    case "schedule":
      return [!isWholeMinutes(trigger) && `expected whole minutes, got every ${trigger.everySeconds} s`];
    case "deploy":
      return [];
    case "sns":
      return [
        needs.some((need) => need !== "paging") &&
          "tells of alarms, and must need nothing that can be away itself: expected the need of paging alone",
      ];
    case "socket":
      return [
        trigger.routes.length === 0 && "takes the events of sockets, and of no route of them",
        !needs.includes("registry") &&
          "takes the events of sockets, and the registry that keeps their tickets is not among its needs",
      ];
  }
}

/** Each event of a socket goes to one function, and sockets that are let in must be let go as well. */
function faultsInSockets(rows: readonly FunctionRow[]): string[] {
  const taken = rows.flatMap(({ name, triggers }) =>
    triggers.flatMap((trigger) =>
      trigger.kind === "socket"
        ? trigger.routes.map((route) => ({ owner: name, what: `the socket route $${route}` }))
        : [],
    ),
  );
  const missing = socketRoutes.filter((route) => !taken.some(({ what }) => what.endsWith(`$${route}`)));
  return [
    ...collisions(taken),
    ...(taken.length > 0 ? missing : []).map((route) => `no function takes the socket route $${route}`),
  ];
}

function faultsInPath({ owner, route }: OwnedRoute): string[] {
  const parameters = segmentsOf(route.path).filter((segment) => segment.startsWith("{"));
  const wrong = segmentsOf(route.path).filter((segment) => !WORD.test(segment) && !PARAMETER.test(segment));
  const where = `function "${owner}": path "${route.path}"`;
  return [
    ...(route.path.startsWith("/") ? [] : [`${where} does not begin with a slash`]),
    ...wrong.map((segment) => `${where} has the segment "${segment}": expected a word or {snake_case}`),
    ...(new Set(parameters).size < parameters.length ? [`${where} names a parameter twice`] : []),
  ];
}

/** API Gateway has one resource per place, and so one name for the parameter there. */
function faultsInSiblings(routes: readonly OwnedRoute[]): string[] {
  const first = new Map<string, OwnedRoute & { name: string }>();
  return routes.flatMap((owned) => {
    const segments = segmentsOf(owned.route.path);
    return segments.flatMap((name, at) => {
      if (!name.startsWith("{")) return [];
      const place = segments.slice(0, at).map(anonymous).join("/");
      const other = first.get(place);
      if (!other) first.set(place, { ...owned, name });
      if (!other || other.name === name) return [];
      return [
        `function "${owned.owner}": path "${owned.route.path}" says ${name} ` +
          `where "${other.route.path}" of function "${other.owner}" says ${other.name}`,
      ];
    });
  });
}

function collisions(claims: readonly { owner: string; what: string }[]): string[] {
  const owners = new Map<string, string>();
  return claims.flatMap(({ owner, what }) => {
    const other = owners.get(what);
    owners.set(what, owner);
    return other === undefined ? [] : [`function "${owner}": ${what} is taken by function "${other}"`];
  });
}

/** Two paths that differ in the names of their parameters only are one route. */
const shapeOf = ({ method, path }: Route): string =>
  `${method} /${segmentsOf(path).map(anonymous).join("/")}`;

const anonymous = (segment: string): string => (segment.startsWith("{") ? "{}" : segment);

const segmentsOf = (path: string): string[] => (path === "/" ? [] : path.replace(/^\//, "").split("/"));

const within = (value: number, { min, max }: { min: number; max: number }): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

const isWholeMinutes = ({ everySeconds }: ScheduleTrigger): boolean =>
  within(everySeconds / SECONDS_PER_MINUTE, { min: 1, max: Number.MAX_SAFE_INTEGER });
