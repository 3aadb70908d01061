import { useEffect, useRef } from "preact/hooks";
import type { Answer } from "../../api/call.ts";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";

/** The key itself, this once: nothing else of the page keeps it. */
export function NewKey({ made, onDone }: { made: Answer<"createKey">; onDone: () => void }) {
  const element = useRef<HTMLElement>(null);
  useEffect(() => element.current?.focus(), [made.key_id]);
  return (
    <section ref={element} class="new-key" tabIndex={-1} aria-label="The new key">
      <p>
        <strong>Copy the key of “{made.name}” now: it is shown this once</strong>, and nobody can show it
        again.
      </p>
      <div class="row">
        <code class="new-key-text" data-testid="new-key">
          {made.api_key}
        </code>
        <CopyButton text={made.api_key} label="Copy key" />
        <Button small onClick={onDone}>
          I have it
        </Button>
      </div>
    </section>
  );
}
