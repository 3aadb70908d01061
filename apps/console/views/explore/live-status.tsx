import { Badge, type Tone } from "../../components/badge.tsx";
import type { Live } from "./use-live.ts";

const words: Readonly<Record<Live["state"], { tone: Tone; text: string }>> = {
  off: { tone: "neutral", text: "Not live" },
  connecting: { tone: "info", text: "Connecting" },
  live: { tone: "good", text: "Receiving" },
  waiting: { tone: "bad", text: "Live connection lost: trying again" },
  refused: { tone: "bad", text: "Live refused" },
};

export function LiveStatus({ live, isPaused }: { live: Live; isPaused: boolean }) {
  const { tone, text } = isPaused
    ? { tone: "warning" as const, text: "Live is paused while zoomed in" }
    : words[live.state];
  return (
    <span role="status">
      <Badge tone={tone}>
        {text}
        {live.detail && !isPaused && `: ${live.detail}`}
      </Badge>
    </span>
  );
}
