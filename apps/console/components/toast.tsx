import { signal } from "@preact/signals";
import type { Tone } from "./badge.tsx";
import { Icon } from "./icon.tsx";

interface Said {
  id: number;
  text: string;
  tone: Tone;
}

const said = signal<readonly Said[]>([]);
let last = 0;

const SECONDS = { good: 5, other: 10 };

/** Says what came of something, for a while; screen readers say it too. */
export function toast(text: string, tone: Tone = "info"): void {
  last += 1;
  const id = last;
  said.value = [...said.value.slice(-3), { id, text, tone }];
  setTimeout(() => forget(id), (tone === "good" ? SECONDS.good : SECONDS.other) * 1_000);
}

function forget(id: number): void {
  said.value = said.value.filter((each) => each.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {said.value.map(({ id, text, tone }) => (
        <div key={id} class={`toast ${tone}`}>
          <span>{text}</span>
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => forget(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
