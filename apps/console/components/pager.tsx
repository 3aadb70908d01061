import { count as counted } from "../format/numbers.ts";
import { Button } from "./button.tsx";

export interface PagerProps {
  limit: number;
  offset: number;
  /** Of all that there are. */
  count: number;
  /** Pages go no further. @default count */
  most?: number | undefined;
  onOffset: (offset: number) => void;
}

export function Pager({ limit, offset, count, most = count, onOffset }: PagerProps) {
  if (count <= limit && offset === 0) return null;
  const last = Math.min(offset + limit, count);
  return (
    <nav class="pager" aria-label="Pages">
      <span class="muted">
        {counted(Math.min(offset + 1, count))}–{counted(last)} of {counted(count)}
      </span>
      <Button small disabled={offset === 0} onClick={() => onOffset(Math.max(0, offset - limit))}>
        Previous
      </Button>
      <Button small disabled={last >= Math.min(count, most)} onClick={() => onOffset(offset + limit)}>
        Next
      </Button>
    </nav>
  );
}
