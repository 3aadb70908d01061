/** A message as a queue handler sees it, wherever it came from. */
export interface Delivery {
  /** The queue it was delivered from: its name in the topology. */
  queue: string;
  body: Buffer;
  messageId?: string;
  correlationId?: string;
  type?: string;
  contentType?: string;
  /** Text and numbers only. */
  headers: Readonly<Record<string, string | number>>;
  redelivered: boolean;
}
