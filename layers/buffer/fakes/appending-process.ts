import { openBuffer } from "../buffer.ts";

// Appends and works off as fast as it can until it is killed: `node appending-process.ts <directory> <from>`. Of
// every append that was acknowledged it says the number, and of every record that it acknowledges.

const [directory = "", from = "0"] = process.argv.slice(2);
const APPENDERS = 16;
const SHARE_KEPT = 3;

if (import.meta.main) await appendForEver();

async function appendForEver(): Promise<void> {
  const buffer = await openBuffer({ directory, maxBytes: 1e9, segmentBytes: 64 * 1_024 });
  let next = Number(from);
  const append = async () => {
    for (;;) {
      const number = next++;
      await buffer.append([Buffer.from(`${number}`.padEnd(20 + (number % 500), "."))]);
      process.stdout.write(`appended ${number}\n`);
    }
  };
  const workOff = async () => {
    for (;;) {
      const records = await buffer.read({ records: 50, bytes: 1e6 });
      const chosen = records.filter(({ position }) => position % SHARE_KEPT !== 0);
      // Said before: once it is under way it may have happened.
      for (const { body } of chosen) process.stdout.write(`acknowledged ${Number.parseInt(`${body}`, 10)}\n`);
      await buffer.acknowledge(chosen);
      await new Promise(setImmediate);
    }
  };
  await Promise.all([workOff(), ...Array.from({ length: APPENDERS }, append)]);
}
