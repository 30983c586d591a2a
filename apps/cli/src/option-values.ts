import { InvalidArgumentError, Option } from 'commander';

/** The option that every command has. Read it through `context.json`. */
export function jsonOption(): Option {
  return new Option('--json', '只输出一个 JSON 对象 / print one JSON object and nothing else');
}

/** An option that has to be given. */
export function required(flags: string, description: string): Option {
  return new Option(flags, description).makeOptionMandatory();
}

/** A Shanghai day. @throws InvalidArgumentError when it is no existing day. */
export function dayValue(text: string): string {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  if (at === null || Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text)) throw new InvalidArgumentError('应为存在的日期 YYYY-MM-DD / expected an existing day as YYYY-MM-DD.');
  return text;
}

/** A year with four digits. */
export function yearValue(text: string): number {
  if (!/^2\d{3}$/.test(text)) throw new InvalidArgumentError('应为年份，如 2027 / expected a year such as 2027.');
  return Number(text);
}

/** The code of a zone, as zone:create takes it. */
export function zoneCodeValue(text: string): string {
  if (!/^[A-Z0-9][A-Z0-9-]{0,31}$/.test(text)) throw new InvalidArgumentError('应为大写字母、数字和连字符，最多 32 位 / expected up to 32 capital letters, digits and hyphens.');
  return text;
}

/** Something that is not empty. */
export function textValue(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw new InvalidArgumentError('不能为空 / may not be empty.');
  return trimmed;
}

/** The address under which a person signs in. */
export function addressValue(text: string): string {
  if (!/^[^\s@]+@[^\s@]+$/.test(text) || text.length > 200) throw new InvalidArgumentError('应为形如 name@example.gov.cn 的账号 / expected an account like name@example.gov.cn.');
  return text;
}

/** Names separated by commas. */
export function listValue(text: string): string[] {
  const items = text.split(',').map((item) => item.trim()).filter(Boolean);
  if (items.length === 0) throw new InvalidArgumentError('应为以逗号分隔的名称 / expected names separated by commas.');
  return items;
}
