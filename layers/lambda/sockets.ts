/** What became of a text: `busy` took nothing and may take the next, `gone` takes nothing ever again. */
export type SendOutcome = "sent" | "busy" | "gone";

export interface Farewell {
  /** Where the gateway can choose one: API Gateway cannot, hence the frame. */
  code: number;
  reason: string;
  /** Sent before it is closed. */
  frame?: string;
}

/** The open WebSocket connections, wherever the gateway is that holds them. */
export interface Sockets {
  /**
   * Never waits for a slow reader, and holds no text for it beyond what the gateway buffers.
   *
   * @returns `gone` for an unknown connection, too: also for one that is let in at this moment
   */
  send(connectionId: string, text: string): Promise<SendOutcome>;
  /** @returns when it is closed, or was already */
  close(connectionId: string, farewell: Farewell): Promise<void>;
}
