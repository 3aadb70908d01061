import { asError } from "../../../../layers/core/errors.ts";
import type { EnvironmentSettings } from "../../../../lib/environments.ts";
import { Skipped, Trouble } from "../trouble.ts";

/** The account and region that a deploy would go to, as AWS's own variables and files name them. */
export interface Account {
  id: string;
  region: string;
  settings: EnvironmentSettings;
}

/** A question to the account that changes nothing there. */
export interface AccountCheck {
  name: string;
  /** Where the settings ask for nothing of the kind: why. */
  needless?(settings: EnvironmentSettings): string | undefined;
  /** Says what it found. @throws {Trouble} or {Skipped} */
  run(account: Account): Promise<string>;
}

const DENIED = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationErrorException)$/;

/**
 * Asks AWS. What the caller may not ask is not known, which is no trouble.
 *
 * @param action as IAM names it
 */
export async function ask<Answer>(action: string, question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (cause) {
    const { name, message } = asError(cause);
    if (DENIED.test(name)) throw new Skipped(`not known: these credentials may not ${action} (${message})`);
    throw cause;
  }
}

/** An answer that a certain error stands for. */
export async function unless<Answer>(
  errorName: string,
  question: Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await question;
  } catch (error) {
    if (asError(error).name === errorName) return undefined;
    throw error;
  }
}

export const fault = (detail: string, todo: string): Trouble => new Trouble(detail, todo);
