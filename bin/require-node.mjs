// `npm ci --ignore-scripts` leaves no Node 24 behind, and npm's scripts would silently run on the machine's own.
const needed = 24;
if (Number.parseInt(process.versions.node, 10) < needed) {
  console.error(
    `telemetry-bus needs Node.js ${needed}; this is ${process.version}. Run "npm ci" (with install scripts).`,
  );
  process.exit(1);
}
