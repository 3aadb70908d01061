/** What Timestream answers instead of an answer ("Common Errors", Amazon Timestream API Reference). */
export class ServiceFault extends Error {
  readonly type: string;
  readonly details: object;

  constructor(type: string, message: string, details: object = {}) {
    super(message);
    this.type = type;
    this.details = details;
  }
}
