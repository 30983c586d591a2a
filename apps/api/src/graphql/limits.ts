/** The limits of one operation and of one caller; the reasoning is in docs/adr/0005-what-an-operation-may-cost.md. */
export interface OperationLimits {
  /** Lexical tokens of a document; also bounds what parsing and validation can cost. */
  tokens: number;
  /** Bytes of a request body (HTTP) or of a message (WebSocket). */
  bodyBytes: number;
  /** Nesting of fields, introspection apart. */
  depth: number;
  aliases: number;
  directives: number;
  /** Validation errors told at once. */
  errors: number;
  /** Selections after fragments are spread out (Apollo's own counter). */
  recursiveSelections: number;
  /** Points of one operation, see operation-plan.rules.ts. */
  cost: number;
  /** Records that one operation may touch, whatever it costs. */
  nodes: number;
  /** Points that a caller may spend at once. */
  bucket: number;
  /** Points that come back each second. */
  refillPerSecond: number;
  /** The whole operation, ms. */
  operationMs: number;
}

export const LIMITS: OperationLimits = {
  tokens: 2_000,
  bodyBytes: 256 * 1024,
  depth: 10,
  aliases: 15,
  directives: 5,
  errors: 5,
  recursiveSelections: 20_000,
  cost: 5_000,
  nodes: 20_000,
  bucket: 20_000,
  refillPerSecond: 2_000,
  operationMs: 10_000,
};
