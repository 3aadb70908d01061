export interface ToggleProps {
  /** For screen readers: what is true while it is on. */
  label: string;
  on: boolean;
  busy?: boolean;
  onChange: (on: boolean) => void;
}

/** Takes effect at once (ARIA Authoring Practices, "Switch"). */
export function Toggle({ label, on, busy, onChange }: ToggleProps) {
  return (
    <button
      type="button"
      role="switch"
      class="toggle"
      aria-checked={on}
      aria-label={label}
      aria-busy={busy || undefined}
      onClick={() => !busy && onChange(!on)}
    >
      <span class="toggle-knob" />
    </button>
  );
}
