import { CustomScalar, Scalar } from '@nestjs/graphql';
import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

const bad = (name: string, value: unknown, expected: string) =>
  new GraphQLError(`${name} cannot represent ${JSON.stringify(value)?.slice(0, 60)}: ${expected}`, { extensions: { code: 'BAD_USER_INPUT' } });

function text(node: ValueNode, name: string, expected: string): string {
  if (node.kind === Kind.STRING) return node.value;
  throw bad(name, 'value' in node ? node.value : node.kind, expected);
}

/** Decimal scalar: exact decimal as a string, e.g. "350000000.00". */
@Scalar('Decimal')
export class DecimalScalar implements CustomScalar<string, string> {
  description = 'An exact decimal number, as a string: "350000000.5".';
  serialize(value: unknown): string { return String(value); }
  parseValue(value: unknown): string { return this.check(typeof value === 'number' ? String(value) : value); }
  parseLiteral(node: ValueNode): string { return this.check(node.kind === Kind.INT || node.kind === Kind.FLOAT ? node.value : text(node, 'Decimal', 'a decimal string')); }
  private check(value: unknown): string {
    if (typeof value !== 'string' || !/^-?\d{1,20}(\.\d{1,6})?$/.test(value)) throw bad('Decimal', value, 'a decimal such as "350000000.5"');
    return value;
  }
}

/** Date scalar: an Asia/Shanghai day. */
@Scalar('Date')
export class DateScalar implements CustomScalar<string, string> {
  description = 'A calendar day in Asia/Shanghai, YYYY-MM-DD.';
  serialize(value: unknown): string { return String(value); }
  parseValue(value: unknown): string { return this.check(value); }
  parseLiteral(node: ValueNode): string { return this.check(text(node, 'Date', 'YYYY-MM-DD')); }
  private check(value: unknown): string {
    if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
      const at = new Date(`${value}T00:00:00Z`);
      if (!Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)) return value;
    }
    throw bad('Date', value, 'an existing day as YYYY-MM-DD');
  }
}

/** DateTime scalar: an instant. */
@Scalar('DateTime', () => Date)
export class DateTimeScalar implements CustomScalar<string, Date> {
  description = 'An instant in RFC 3339, e.g. 2026-05-08T09:30:00+08:00.';
  serialize(value: unknown): string { return value instanceof Date ? value.toISOString() : String(value); }
  parseValue(value: unknown): Date { return this.check(value); }
  parseLiteral(node: ValueNode): Date { return this.check(text(node, 'DateTime', 'RFC 3339')); }
  private check(value: unknown): Date {
    if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(value)) {
      const at = new Date(value);
      if (!Number.isNaN(at.getTime())) return at;
    }
    throw bad('DateTime', value, 'an RFC 3339 instant with its offset');
  }
}

/** JSON scalar: for values whose shape the zone's own rules decide; each comes with a JSON Schema. */
@Scalar('JSON')
export class JsonScalar implements CustomScalar<unknown, unknown> {
  description = 'A value in JSON. Its shape is told where it is used.';
  serialize(value: unknown): unknown { return value; }
  parseValue(value: unknown): unknown { return value; }
  parseLiteral(node: ValueNode, variables?: Record<string, unknown> | null): unknown { return valueFromASTUntyped(node, variables); }
}
