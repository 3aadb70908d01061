import type { Problem } from "./operations.ts";

interface Facts {
  /** 0 where no answer came, −1 where what failed is none: the console itself, or what it made of an answer. */
  status: number;
  detail: string;
  errors?: Problem["errors"];
  requestId?: string | undefined;
  retryAfterSeconds?: number | undefined;
}

/** What the API said, in its own words; the request's id finds it in the logs. */
export class ApiError extends Error {
  readonly status: number;
  /** What is wrong with each field, by its path in the body. */
  readonly fields: Readonly<Record<string, string>>;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor({ status, detail, errors = [], requestId, retryAfterSeconds }: Facts, options?: ErrorOptions) {
    super(detail, options);
    this.name = "ApiError";
    this.status = status;
    this.fields = Object.fromEntries(errors.map(({ path, message }) => [path, message]));
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static async of(response: Response): Promise<ApiError> {
    const { status, headers } = response;
    const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
    return new ApiError({
      status,
      detail: problem.detail ?? `the answer has the status ${status}`,
      errors: problem.errors,
      requestId: problem.request_id ?? headers.get("x-request-id") ?? undefined,
      retryAfterSeconds: Number(headers.get("retry-after")) || undefined,
    });
  }

  /** The credential is good, and may not do this. */
  get isForbidden(): boolean {
    return this.status === 403;
  }

  /** Asking again may help; what was refused stays refused. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError(
        { status: -1, detail: error instanceof Error ? error.message : String(error) },
        { cause: error },
      );
