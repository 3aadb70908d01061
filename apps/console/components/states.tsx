import type { ComponentChildren } from "preact";
import type { ApiError } from "../api/error.ts";
import type { Query } from "../api/use-query.ts";
import { Button } from "./button.tsx";
import { Time } from "./time.tsx";

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="state">{children}</div>;
}

export function Loading({ what = "Loading" }: { what?: string }) {
  return (
    <div class="state loading" role="status">
      <span class="spinner" aria-hidden="true" />
      {what} …
    </div>
  );
}

/** What went wrong, in the API's words, with the id under which the logs have it. */
export function Failure({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <div class="state failure" role="alert">
      <p>
        <strong>{headlineOf(error)}</strong>
      </p>
      <p>{error.message}</p>
      {error.requestId && (
        <p class="muted">
          Request <code>{error.requestId}</code>
        </p>
      )}
      {retry && !error.isForbidden && (
        <Button small onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

function headlineOf({ status, isForbidden }: ApiError): string {
  if (isForbidden) return "Your credential may not see or do this";
  if (status < 0) return "The console cannot go on";
  if (status === 0) return "No connection";
  if (status === 404) return "There is no such thing";
  return status >= 500 ? "The platform could not answer" : "The platform refused this";
}

export function Stale({ query: { error, updatedAt, refresh } }: { query: Query<unknown> }) {
  return (
    <div class="notice warning" role="status">
      <span>
        This is from <Time value={updatedAt} relative />: {error?.message}.
      </span>
      <Button small kind="ghost" onClick={refresh}>
        Try now
      </Button>
    </div>
  );
}

/** A query's data, or what there is instead: loading, failed; and a notice above it when it is old. */
export function Loaded<Data>({
  query,
  what,
  children,
}: {
  query: Query<Data>;
  what?: string;
  children: (data: Data) => ComponentChildren;
}) {
  const { data, error, refresh } = query;
  if (data === undefined)
    return error ? <Failure error={error} retry={refresh} /> : <Loading {...(what && { what })} />;
  return (
    <>
      {query.stale && <Stale query={query} />}
      {children(data)}
    </>
  );
}
