/**
 * Whether a name is as the pattern says, in which `*` stands for any text, an empty one and one with dots included:
 * `plant1-*`, `model.*`, `*-spare`. Takes time in proportion to the lengths alone: patterns come from outside.
 */
export function matchesName(pattern: string, name: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  return inOrder(others, name.slice(first.length, name.length - last.length));
}

function inOrder(parts: readonly string[], text: string): boolean {
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
