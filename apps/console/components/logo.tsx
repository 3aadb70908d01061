export function Logo() {
  return (
    <span class="logo">
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <rect width="16" height="16" rx="4" />
        <path d="M2.5 9h2.2l1.6-4.5 3 8L11 9h2.5" />
      </svg>
      telemetry-bus
    </span>
  );
}
