import { runAgent } from "../../apps/edge/run.ts";

// The edge agent as a program of its own, to be killed: `node edge-process.ts <configuration>`. Its log goes to
// standard output, where it says in a field `listens` where it answers.

if (import.meta.main) await runAgent(process.argv[2] ?? "", new AbortController().signal, console.log);
