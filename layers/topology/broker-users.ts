import * as z from "zod";
import {
  exchangeByPrefix,
  exchangeOf,
  isPlatformType,
  payloads,
  type TopicExchange,
} from "../core/payloads.ts";
import {
  DEAD_LETTER_EXCHANGE,
  type Queue,
  RETURN_EXCHANGE,
  rungs,
  type Topology,
  topology,
} from "./topology.ts";

// THE table of who may do what on the broker. The deploy-time function makes one user of RabbitMQ per row; what a
// function consumes is not repeated here, since the topology says it.

/** What one user may do, in RabbitMQ's words ("Access Control", RabbitMQ documentation): regular expressions. */
export interface BrokerUser {
  /** The function, or the application outside of the platform. */
  service: string;
  configure: string;
  write: string;
  read: string;
  /** On topic exchanges, which routing keys; a topic exchange that is not here has no further limit. */
  topics: readonly { exchange: string; write: string; read: string }[];
}

/** A program outside of the platform that publishes or subscribes over AMQP. */
export const applicationSchema = z.strictObject({
  name: z.string().regex(/^[a-z]+(-[a-z0-9]+)*$/, "expected lower-case words between hyphens"),
  /** Types of events, as prefixes that end with a dot: `order.`. */
  publishes: z.array(
    z
      .string()
      .regex(/^([A-Za-z0-9_-]+\.)+$/, "expected words that each end with a dot")
      .refine((prefix) => !isPlatformType(prefix), "only the platform itself publishes these"),
  ),
  /** Whether it has queues of its own, whose names begin with its name and a dot. */
  subscribes: z.boolean(),
});

export type Application = z.infer<typeof applicationSchema>;

interface Service {
  name: string;
  /** Types of events, as prefixes; the empty one stands for every type. */
  publishes?: readonly string[];
  /** Other exchanges that it writes to. What settles a queue's deliveries has the rungs and the dead letters anyway. */
  writes?: readonly string[];
  /** Names under which it buries what no queue would take, beside its own queues. */
  buries?: readonly string[];
  /** Whether it asks how full queues are: `all` of the platform's, or `any` queue, subscribers' too. */
  asks?: "all" | "any";
}

const EVERY_TYPE = [""];
/** What the registry's outbox may hold: whoever commits an event also publishes what others left there. */
const COMMITTED = ["alert.", "metric."];
/** Where the stream's ticks and farewells wait. */
const FIRST_RUNG = [rungs[0].exchange];

const services: readonly Service[] = [
  { name: "ingest-points", publishes: ["telemetry."] },
  { name: "ingest-events", publishes: EVERY_TYPE },
  { name: "ingest-logs", publishes: ["log."] },
  { name: "drain-spool", publishes: EVERY_TYPE, buries: ["spool"] },
  { name: "tick-rules", publishes: ["telemetry."] },
  { name: "manage-definitions", publishes: COMMITTED },
  { name: "manage-rules", publishes: COMMITTED },
  { name: "manage-alerts", publishes: COMMITTED },
  { name: "publish-outbox", publishes: COMMITTED },
  { name: "evaluate-rules", publishes: COMMITTED },
  { name: "follow-registry", publishes: COMMITTED },
  { name: "record-points" },
  { name: "count-usage" },
  { name: "notify" },
  { name: "archive-events" },
  { name: "index-logs" },
  { name: "append-audit" },
  { name: "record-dead-letters" },
  { name: "push-stream" },
  { name: "accept-socket", writes: FIRST_RUNG },
  { name: "manage-dead-letters", writes: [RETURN_EXCHANGE], asks: "any" },
  { name: "report-health", asks: "all" },
  { name: "describe-bus", asks: "all" },
  { name: "sample-queues", asks: "all" },
];

const NOTHING = "^$";
/** What a publisher's `check()` publishes. */
const HEALTH_CHECK = "health.check";

/** Every user of one environment's broker but the administrator. */
export function brokerUsers(applications: readonly Application[] = [], table = topology()): BrokerUser[] {
  return [...services.map((service) => userOf(service, table)), ...applications.map(applicationUser)];
}

/**
 * What lets somebody ask for queues, since RabbitMQ 4.2.6 refuses passive declares to who has no right on them
 * (rabbitmq-server#16085, #16272). To write to a queue means to bind it, which takes a right to read an exchange as
 * well: that is the least there is. Where rungs are, it lets messages be put onto them, as whoever settles may.
 */
const askable: Readonly<Record<"all" | "any", (table: Topology) => readonly string[]>> = {
  all: ({ queues }) => [...new Set(queues.filter(({ enabled }) => enabled).map(namesOf))],
  any: () => ["(?!amq\\.).+"],
};

function userOf(service: Service, table: Topology): BrokerUser {
  const { name, publishes = [], writes = [], buries = [], asks } = service;
  const consumed = consumedBy(name, table);
  const settles = consumed.length > 0 ? rungs.map(({ exchange }) => exchange) : [];
  const graves = [...consumed, ...buries.map(literal)];
  const topics = [
    ...publishable(publishes).map(([exchange, write]) => ({ exchange, write, read: NOTHING })),
    ...(graves.length > 0 ? [{ exchange: DEAD_LETTER_EXCHANGE, write: oneOf(graves), read: NOTHING }] : []),
  ];
  const exchanges = [...topics.map(({ exchange }) => exchange), ...settles, ...writes];
  return {
    service: name,
    configure: NOTHING,
    write: oneOf([...[...new Set(exchanges)].map(literal), ...(asks ? askable[asks](table) : [])]),
    read: oneOf(consumed),
    // Who may write to whatever there is may still publish no event.
    topics: asks === "any" ? [...topics, ...unpublishable(topics)] : topics,
  };
}

/** The topic exchanges that are not among these, closed. */
const unpublishable = (topics: BrokerUser["topics"]): BrokerUser["topics"] =>
  [...new Set<string>([...allExchanges(), DEAD_LETTER_EXCHANGE])]
    .filter((exchange) => !topics.some((topic) => topic.exchange === exchange))
    .map((exchange) => ({ exchange, write: NOTHING, read: NOTHING }));

/**
 * A subscriber may put messages onto the rungs, as its retries must, and a rung returns a message to whatever queue
 * its key names: who may subscribe is trusted not to forge the platform's. Who only publishes cannot.
 */
function applicationUser({ name, publishes, subscribes }: Application): BrokerUser {
  const own = `${literal(name)}\\..+`;
  const queues = subscribes ? [own, "amq\\.gen.+"] : [];
  const written = new Map(publishable([...publishes, HEALTH_CHECK]));
  const topicExchanges = [...new Set(allExchanges())];
  const topics = topicExchanges
    .filter((exchange) => subscribes || written.has(exchange))
    .map((exchange) => ({
      exchange: exchange as string,
      write: written.get(exchange) ?? NOTHING,
      read: subscribes ? ".*" : NOTHING,
    }));
  const settles = subscribes ? [...rungs.map(({ exchange }) => exchange), DEAD_LETTER_EXCHANGE] : [];
  if (subscribes) topics.push({ exchange: DEAD_LETTER_EXCHANGE, write: oneOf([own]), read: NOTHING });
  return {
    service: name,
    configure: oneOf(queues),
    write: oneOf([...[...written.keys(), ...settles].map(literal), ...queues]),
    read: oneOf(subscribes ? [...[...topicExchanges, RETURN_EXCHANGE].map(literal), ...queues] : []),
    topics,
  };
}

/** The queues' names, of whatever version and number of partitions. */
function consumedBy(consumer: string, { queues }: Topology): string[] {
  const names = queues.filter((queue) => queue.consumer === consumer && queue.enabled).map(namesOf);
  return [...new Set(names)];
}

const namesOf = ({ name, partition }: Queue): string =>
  `${partition ? `${literal(`${partition.family}.`)}\\d+` : literal(name)}(\\.v\\d+)?`;

/** Exchanges with the routing keys, for prefixes of types. */
function publishable(prefixes: readonly string[]): [TopicExchange, string][] {
  if (prefixes.includes("")) return [...new Set(allExchanges())].map((exchange) => [exchange, ".*"]);
  const byExchange = new Map<TopicExchange, string[]>();
  for (const prefix of prefixes) {
    for (const exchange of exchangesOf(prefix)) {
      byExchange.set(exchange, [...(byExchange.get(exchange) ?? []), literal(prefix)]);
    }
  }
  return [...byExchange].map(([exchange, starts]) => [exchange, `^(${starts.join("|")})`]);
}

/** Where types that begin so go: some types have an exchange of their own. */
function exchangesOf(prefix: string): Set<TopicExchange> {
  const named = payloads.filter(({ type }) => type.startsWith(prefix)).map(({ exchange }) => exchange);
  return new Set([exchangeOf(prefix), ...named]);
}

const allExchanges = (): TopicExchange[] => [
  ...exchangeByPrefix.map(([, exchange]) => exchange),
  "domain.events",
];

const oneOf = (names: readonly string[]): string => (names.length > 0 ? `^(${names.join("|")})$` : NOTHING);

/** A text as a regular expression that matches it and nothing else. */
const literal = (text: string): string => text.replace(/[.+*?^${}()|[\]\\]/g, "\\$&");
