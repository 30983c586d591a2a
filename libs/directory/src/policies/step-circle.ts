/** Steps by code, each with the codes that have to be done before it. */
export interface DependentStep {
  code: string;
  after: readonly string[];
}

/** The first circle among steps, as codes from a step back to itself; null when there is none. Codes of no step are passed over. */
export function circleOf(steps: readonly DependentStep[]): string[] | null {
  const of = new Map(steps.map((s) => [s.code, s]));
  const done = new Set<string>();
  const walk = (code: string, path: readonly string[]): string[] | null => {
    const at = path.indexOf(code);
    if (at >= 0) return [...path.slice(at), code];
    if (done.has(code)) return null;
    for (const before of of.get(code)?.after ?? []) {
      const circle = walk(before, [...path, code]);
      if (circle) return circle;
    }
    done.add(code);
    return null;
  };
  for (const { code } of steps) {
    const circle = walk(code, []);
    if (circle) return circle;
  }
  return null;
}
