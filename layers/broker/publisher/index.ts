export { PermanentError, RefusedError, UnavailableError } from "../../core/errors.ts";
export type { PublishOptions } from "./event.ts";
export type { PublisherDiskOptions, PublisherOptions } from "./options.ts";
export { createPublisher, type Publisher } from "./publisher.ts";
export type { PublisherDiskStats, PublisherStats } from "./stats.ts";
