import { asError, UnavailableError } from "../core/errors.ts";

/** What the disk did not do. The caller can go on: nothing of it was acknowledged. */
export function diskError(doing: string, cause: unknown): UnavailableError {
  const isFull = ["ENOSPC", "EDQUOT"].includes(codeOf(cause));
  return new UnavailableError(`${doing}: ${asError(cause).message}`, {
    code: isFull ? "disk_full" : "disk_failed",
    cause,
  });
}

/** The file system's own word for an error, as `ENOENT`; else empty. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** For steps that only tidy up: that they fail changes nothing. */
export async function attempt(step: Promise<unknown>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch {
    return false;
  }
}

/** `undefined` where the disk says that it cannot read this: what else there is may be readable. */
export async function unlessUnreadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) === "EIO") return undefined;
    throw error;
  }
}
