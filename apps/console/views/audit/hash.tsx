/** 64 digits, or the first and the last few. */
export function Hash({ value, short = false }: { value: string; short?: boolean }) {
  return (
    <code class="hash" title={value}>
      {short ? `${value.slice(0, 8)}…${value.slice(-4)}` : value}
    </code>
  );
}
