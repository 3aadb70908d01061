export interface Requirement {
  /** `BUS-01`, `E1-US1 AC2`, `FR-001`. */
  id: string;
  text: string;
  /** Where one machine cannot prove it: why, and the ids that it rests on. Empty otherwise. */
  standIn: string;
}

export const ID = /(?:[A-Z]+|E\d+)-(?:\d+|US\d+ AC\d+)/;
const ROW = new RegExp(`^\\| (${ID.source}) \\| (.+?) \\| ?(.*?) ?\\|$`);

/**
 * Reads the tables of docs/requirements.md.
 *
 * @throws {Error} an id stands in two rows, or a row rests on an id that has none
 */
export function readRequirements(markdown: string): Requirement[] {
  const requirements = markdown.split("\n").flatMap((line): Requirement[] => {
    const [, id, text, standIn] = ROW.exec(line) ?? [];
    return id === undefined ? [] : [{ id, text: text ?? "", standIn: standIn ?? "" }];
  });
  const ids = new Set<string>();
  for (const { id } of requirements) {
    if (ids.has(id)) throw new Error(`docs/requirements.md has two rows for ${id}`);
    ids.add(id);
  }
  for (const { id, standIn } of requirements) {
    const unknown = idsWithin(standIn).find((other) => !ids.has(other));
    if (unknown) throw new Error(`docs/requirements.md: ${id} rests on ${unknown}, which has no row`);
  }
  return requirements;
}

/** Every id that a text mentions. */
export const idsWithin = (text: string): string[] => text.match(new RegExp(ID, "g")) ?? [];

/**
 * The part of the list that `--only` names: `BUS`, `E1`, `E1-US2`, or an id.
 *
 * @throws {Error} a part that names nothing
 */
export function within(requirements: readonly Requirement[], parts: readonly string[]): Requirement[] {
  const isIn = (id: string, part: string) =>
    id === part || id.startsWith(`${part}-`) || id.startsWith(`${part} `);
  const nothing = parts.find((part) => !requirements.some(({ id }) => isIn(id, part)));
  if (nothing !== undefined) throw new Error(`docs/requirements.md has no requirement within "${nothing}"`);
  return requirements.filter(({ id }) => parts.some((part) => isIn(id, part)));
}
