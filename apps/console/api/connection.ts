import { signal } from "@preact/signals";

/** Whether the last request got any answer at all. */
export const reachable = signal(true);

/** When the API last answered, in milliseconds since the Unix epoch. */
export const lastAnswerAt = signal<number | undefined>(undefined);

export function noteAnswer(): void {
  lastAnswerAt.value = Date.now();
  reachable.value = true;
}

export function noteSilence(): void {
  reachable.value = false;
}

/** Calls whenever the API answers after a silence: whoever waits to ask again need not wait longer. */
export function onAnswerAgain(act: () => void): () => void {
  let wasReachable = reachable.peek();
  return reachable.subscribe((isReachable) => {
    if (isReachable && !wasReachable) act();
    wasReachable = isReachable;
  });
}
