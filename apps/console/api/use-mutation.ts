import { useState } from "preact/hooks";
import { toast } from "../components/toast.tsx";
import { type Answer, call, type Input, type OperationId } from "./call.ts";
import { type ApiError, asApiError } from "./error.ts";

export interface MutationOptions<Data> {
  /** Said when it is done. @default nothing */
  done?: string | ((answer: Data) => string);
  /** Where a form shows the error at its fields: no toast. @default false */
  quiet?: boolean;
}

export interface Mutation<Id extends OperationId> {
  /** Resolves to the answer, or to `undefined` when it failed: then `error` says why. */
  run(input: Input<Id>): Promise<Answer<Id> | undefined>;
  pending: boolean;
  error: ApiError | undefined;
  reset(): void;
}

/** Changes something through the API, and says what came of it. */
export function useMutation<Id extends OperationId>(
  id: Id,
  { done, quiet = false }: MutationOptions<Answer<Id>> = {},
): Mutation<Id> {
  const [state, setState] = useState<{ pending: boolean; error?: ApiError }>({ pending: false });

  async function run(input: Input<Id>): Promise<Answer<Id> | undefined> {
    setState({ pending: true });
    try {
      const answer = await call(id, input);
      setState({ pending: false });
      if (done !== undefined) toast(typeof done === "string" ? done : done(answer), "good");
      return answer;
    } catch (cause) {
      const error = asApiError(cause);
      setState({ pending: false, error });
      if (!quiet)
        toast(error.requestId ? `${error.message} (request ${error.requestId})` : error.message, "bad");
      return undefined;
    }
  }

  return { run, pending: state.pending, error: state.error, reset: () => setState({ pending: false }) };
}
