export { PermanentError, RefusedError, UnavailableError } from "../../core/errors.ts";
export type { PublishOptions } from "./event.ts";
export type { PublisherOptions } from "./options.ts";
export { createPublisher, type Publisher } from "./publisher.ts";
export type { PublisherStats } from "./stats.ts";
