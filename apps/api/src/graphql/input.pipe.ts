import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { TypeMetadataStorage } from '@nestjs/graphql';
import { Refusal, Refusals } from '@yinfeng/platform';
import { validateSync, type ValidationError } from 'class-validator';

type InputClass = Type<object>;

/**
 * Checks the inputs of root fields with their class-validator decorators, nested inputs included. What does not fit is
 * refused with the path of the field, so that a mutation tells it as user errors. Absent and null are GraphQL's matter.
 */
@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    // Only arguments: parents, contexts and infos of field resolvers come by here too, once per row.
    if (type !== 'body' || value === null || typeof value !== 'object' || !metatype || Object.is(metatype, Object)) return value;
    return checkedInput(metatype as InputClass, value);
  }
}

/** The input as an instance of its class. @throws Refusals naming each field that does not fit. */
export function checkedInput<T extends object>(input: Type<T>, value: object): T {
  const refusals: Refusal[] = [];
  const out = checked(input, value, [], refusals);
  if (refusals.length > 0) throw new Refusals(refusals);
  return out as T;
}

function checked(input: InputClass, value: object, path: string[], refusals: Refusal[]): object {
  const instance = Object.assign(Object.create(input.prototype as object) as Record<string, unknown>, value);
  for (const { name, nested } of nestedInputs(input)) {
    const inner = instance[name];
    if (Array.isArray(inner)) instance[name] = inner.map((item: unknown, i) => (item !== null && typeof item === 'object' ? checked(nested, item, [...path, name, String(i)], refusals) : item));
    else if (inner !== null && typeof inner === 'object') instance[name] = checked(nested, inner, [...path, name], refusals);
  }
  for (const error of validateSync(instance, { skipMissingProperties: true, forbidUnknownValues: false, validationError: { target: false } })) refusals.push(refusalOf(error, path));
  return instance;
}

const LENGTH = /(?:shorter|less) than or equal to (\d+)|no more than (\d+)/;

function refusalOf(error: ValidationError, path: string[]): Refusal {
  const [kind = '', text = ''] = Object.entries(error.constraints ?? {})[0] ?? [];
  const field = error.property;
  const at = [...path, field];
  const max = LENGTH.exec(text);
  if (kind === 'isNotEmpty' || kind === 'isDefined') return new Refusal('REQUIRED', at, { field });
  if (kind === 'maxLength' && max) return new Refusal('TOO_LONG', at, { field, max: Number(max[1] ?? max[2]) });
  const shown = typeof error.value === 'object' ? (Array.isArray(error.value) ? `${error.value.length}` : '…') : String(error.value).slice(0, 40);
  return new Refusal('INVALID', at, { field, value: shown, expected: text });
}

const known = new Map<InputClass, { name: string; nested: InputClass }[]>();

/** Fields whose type is an input class of its own, inherited ones included. */
function nestedInputs(input: InputClass): { name: string; nested: InputClass }[] {
  let fields = known.get(input);
  if (fields) return fields;
  const inputs = TypeMetadataStorage.getInputTypesMetadata();
  const classes = new Set<unknown>(inputs.map((i) => i.target));
  fields = [];
  for (let target: unknown = input; typeof target === 'function' && target !== Function.prototype; target = Object.getPrototypeOf(target)) {
    for (const property of inputs.find((i) => i.target === target)?.properties ?? []) {
      const type: unknown = property.typeFn();
      const nested: unknown = Array.isArray(type) ? type[0] : type;
      if (classes.has(nested)) fields.push({ name: property.name, nested: nested as InputClass });
    }
  }
  known.set(input, fields);
  return fields;
}
