import type { Failure } from "../broker/settle.ts";
import type { Rejection } from "../storage/logs/port.ts";

/**
 * Pins what a store refused on the items that it came from: of several of one item the first.
 *
 * @param owners the item that each place of the written batch came from
 */
export function failuresOf<Item>(rejections: readonly Rejection[], owners: readonly Item[]): Failure<Item>[] {
  const failures = new Map<Item, Failure<Item>>();
  for (const { index, error } of rejections) {
    const item = owners[index];
    if (item === undefined) throw new Error(`the store refused item ${index} of ${owners.length}`);
    if (!failures.has(item)) failures.set(item, { item, error });
  }
  return [...failures.values()];
}
