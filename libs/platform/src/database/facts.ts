/**
 * Reading in the shape of the answer: a caller says which facts it wants (a Shape, usually from the selection of a
 * GraphQL operation), a lib says how each fact is had in SQL (Facts), and one statement returns them as JSON. A list
 * therefore costs one statement whatever it shows, and its fields are plain properties.
 */
export interface Shape {
  [fact: string]: true | Shape;
}

/**
 * SQL of a scalar, or of a nested record given the JSON of its own facts. `near` are those facts of the nested record that
 * the outer row carries itself; when nothing else is wanted, no look-up is made. `present` says when there is such a record.
 */
export type Fact = string | { of: Facts; sql: (json: string) => string; near?: Facts; present?: string };
export interface Facts {
  [fact: string]: Fact;
}

/** json_build_object takes at most 100 arguments. */
const MOST_PAIRS = 50;

/**
 * SQL that builds one JSON object with the wanted facts. Facts that the lib does not know are left out: the caller
 * resolves those by itself. `alias` renames nothing here; keys are the names of the facts.
 */
export function factsJson(facts: Facts, shape: Shape): string {
  const pairs: [string, string][] = [];
  // The id always comes along: fields that a record resolves by itself start from it.
  const asked: Shape = Object.hasOwn(facts, 'id') ? { id: true, ...shape } : shape;
  for (const [name, wanted] of Object.entries(asked)) {
    const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
    if (fact === undefined) continue;
    if (typeof fact === 'string') pairs.push([name, fact]);
    else {
      const inner = wanted === true ? {} : wanted;
      const near = fact.near !== undefined && Object.keys(inner).every((k) => Object.hasOwn(fact.near!, k) || !Object.hasOwn(fact.of, k));
      pairs.push([name, near ? `case when ${fact.present!} then ${factsJson(fact.near!, inner)} end` : fact.sql(factsJson(fact.of, inner))]);
    }
  }
  if (pairs.length <= MOST_PAIRS) return `json_build_object(${pairs.map(([name, sql]) => `'${name}',${sql}`).join(',')})`;
  return `(select row_to_json(f) from (select ${pairs.map(([name, sql]) => `${sql} as "${name}"`).join(',')}) f)`;
}

/** A lib to the right adds facts to a record of a lib to its left (a project's handoff). */
export function extendFacts(facts: Facts, more: Facts): void {
  for (const name of Object.keys(more)) {
    if (Object.hasOwn(facts, name)) throw new Error(`the fact ${name} is already known`);
  }
  Object.assign(facts, more);
}

/** An exact decimal as a string without trailing zeros, or null. */
export const decimalFact = (sql: string) => `trim_scale(${sql})::text`;
/** A global id. */
export const idFact = (type: string, sql: string) => `'${type}:'||${sql}`;
