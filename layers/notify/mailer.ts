export interface Mail {
  to: readonly string[];
  subject: string;
  text: string;
  html: string;
  /** The same at every try: what a mailer that can tell repeats tells them by. */
  dedupKey: string;
}

export interface Mailer {
  /**
   * @returns what the mail service said to it
   * @throws {PermanentError} it will never be taken
   * @throws {TransientError} it may be taken later
   */
  send(mail: Mail): Promise<string>;
}
