/** Drawn on 16 by 16, in lines of the text's colour. */
const paths = {
  overview: "M2.5 9h2.2l1.6-4.5 3 8L11 9h2.5",
  explore: "M2.5 13.5v-11M2.5 13.5h11M5 10.5l2.5-3 2 1.5 3.5-4.5",
  alerts:
    "M8 2a3.8 3.8 0 0 0-3.8 3.8c0 4-1.7 5.2-1.7 5.2h11s-1.7-1.2-1.7-5.2A3.8 3.8 0 0 0 8 2M6.7 13.5a1.5 1.5 0 0 0 2.6 0",
  rules: "M2.5 4h5M11 4h2.5M2.5 12h2.5M8.5 12h5M9.2 2.3v3.4M6.7 10.3v3.4",
  bus: "M2.5 8h3M10.5 8h3M5.5 5.5h5v5h-5zM4 3l1.5 2.5M4 13l1.5-2.5M12 3l-1.5 2.5M12 13l-1.5-2.5",
  "dead-letters": "M2.5 4h11v8.5h-11zM2.5 4.5 8 9l5.5-4.5M6 11l-1 1M10 11l1 1",
  events: "M3.5 3.5h0M3.5 8h0M3.5 12.5h0M6.5 3.5h7M6.5 8h7M6.5 12.5h7",
  logs: "M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
  audit: "M8 1.8 13 3.8v4c0 3-2 5.2-5 6.4-3-1.2-5-3.4-5-6.4v-4zM5.8 8l1.6 1.6 2.9-3.2",
  settings:
    "M8 5.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5 6.5 12 13 4.5",
  copy: "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
  menu: "M2.5 4h11M2.5 8h11M2.5 12h11",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5",
  system: "M2 3h12v8H2zM6 13.5h4M8 11v2.5",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5v2.5h-2.5",
  out: "M6 2.5H3v11h3M7 8h6.5M11 5.5 13.5 8 11 10.5",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
