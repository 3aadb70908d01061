export type { Event } from "../../core/envelope.ts";
export { PermanentError, RefusedError, TransientError, UnavailableError } from "../../core/errors.ts";
export type { Logger } from "../../core/logger.ts";
export type { EventContext } from "./delivery.ts";
export type { EventHandler, SubscriberOptions } from "./options.ts";
export { type RemoveOptions, removeSubscription } from "./remove.ts";
export type { SubscriberStats } from "./stats.ts";
export { createSubscriber, type QueueFill, type Subscriber } from "./subscriber.ts";
