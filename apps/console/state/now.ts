import { signal } from "@preact/signals";

/** Of what is said relative to now. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 5_000);
