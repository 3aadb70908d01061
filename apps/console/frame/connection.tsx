import { call } from "../api/call.ts";
import { lastAnswerAt, reachable } from "../api/connection.ts";
import { usePolling } from "../api/use-query.ts";
import { Time } from "../components/time.tsx";

const EVERY_MS = 10_000;

/** Whether the API answers. It asks by itself, so that it is known on views that ask nothing. */
export function Connection() {
  usePolling("connection", (signal) => call("health", {}, { signal }), { everyMs: EVERY_MS });
  return (
    <span class={`connection ${reachable.value ? "good" : "bad"}`} role="status">
      <span class="dot" aria-hidden="true" />
      {reachable.value ? (
        "Connected"
      ) : (
        <span>
          No connection
          {lastAnswerAt.value !== undefined && (
            <span class="minor">
              {" "}
              since <Time value={lastAnswerAt.value} relative />
            </span>
          )}
        </span>
      )}
    </span>
  );
}
