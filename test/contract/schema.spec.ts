import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, findBreakingChanges, getNamedType, type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isScalarType, isSpecifiedScalarType, isUnionType } from 'graphql';
import { printedSchema } from '../../apps/api/src/print-schema.js';

const FILE = 'apps/api/schema.graphql';
let committed: string;
let schema: GraphQLSchema;

beforeAll(() => {
  committed = readFileSync(join(process.cwd(), FILE), 'utf8');
  schema = buildSchema(committed);
});

const ours = () => Object.values(schema.getTypeMap()).filter((t) => !t.name.startsWith('__') && !(isScalarType(t) && isSpecifiedScalarType(t)));

/** What callers never say themselves: it follows from who calls and from the acts on record. Each exception has its reason. */
const NOT_FOR_INPUTS = /^(owner|ownerId|tenant|tenantId|zone|zoneId|status|stage|version|createdBy|createdAt|updatedBy|updatedAt|recordedBy|recordedAt|audit|role|permissions|scopes|approvedBy|decidedBy)$/;
const ALLOWED_INPUTS: Record<string, string> = {
  'ProjectEnterpriseAddInput.role': 'what an enterprise is to the project, not who the caller is',
  'ProjectEnterpriseRemoveInput.role': 'what an enterprise is to the project, not who the caller is',
  'TaskforceMemberInput.role': 'what somebody is in a taskforce, not who the caller is',
  'TaskforceMemberAddInput.role': 'what somebody is in a taskforce, not who the caller is',
  'StagePolicySetInput.stage': 'names the rule that is set, not where a project stands',
};

describe('the committed schema', () => {
  it('is what the code says: npm run schema', async () => {
    // A short answer: the difference itself is for git diff.
    expect((await printedSchema()) === committed ? 'the same' : `${FILE} differs: run npm run schema and look at git diff`).toBe('the same');
  });

  it('breaks nothing of the last release', () => {
    const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v*');
    // Before the first release there is nothing to break.
    const released = tag && git('show', `${tag}:${FILE}`);
    expect(released ? findBreakingChanges(buildSchema(released), schema).map((c) => c.description) : []).toEqual([]);
  });

  it('describes every type, field, argument and enum value', () => {
    const blank: string[] = [];
    const look = (name: string, described: { description?: string | null }) => !described.description?.trim() && blank.push(name);
    for (const type of ours()) {
      const isRoot = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type as never);
      if (!isRoot) look(type.name, type);
      if (isObjectType(type) || isInterfaceType(type)) {
        for (const field of Object.values(type.getFields())) {
          look(`${type.name}.${field.name}`, field);
          for (const arg of field.args) look(`${type.name}.${field.name}(${arg.name})`, arg);
        }
      } else if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
      else if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    }
    expect(blank).toEqual([]);
  });

  it('lets no input say what follows from the caller or the record', () => {
    const bad = ours().flatMap((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).filter((f) => NOT_FOR_INPUTS.test(f)).map((f) => `${type.name}.${f}`) : []));
    expect(bad.filter((name) => !(name in ALLOWED_INPUTS))).toEqual([]);
  });

  it('has mutations with one input, a payload with userErrors, and an idempotency key where something is made or decided', () => {
    const wrong: string[] = [];
    for (const field of Object.values(schema.getMutationType()!.getFields())) {
      const payload = getNamedType(field.type);
      const input = field.args[0] && getNamedType(field.args[0].type);
      if (field.args.length !== 1 || field.args[0]!.name !== 'input' || !isInputObjectType(input)) wrong.push(`${field.name}: one argument, input`);
      if (!payload.name.endsWith('Payload') || !isObjectType(payload) || String(payload.getFields().userErrors?.type) !== '[UserError!]!') wrong.push(`${field.name}: a payload with userErrors`);
      if (isInputObjectType(input) && !input.getFields().idempotencyKey && field.name !== 'signIn') wrong.push(`${field.name}: idempotencyKey`);
    }
    expect(wrong).toEqual([]);
  });

  it('pages every connection by first and after, with edges, nodes, pageInfo and totalCount', () => {
    const wrong: string[] = [];
    for (const type of ours()) {
      if (isObjectType(type) && type.name.endsWith('Connection') && !['edges', 'nodes', 'pageInfo', 'totalCount'].every((f) => f in type.getFields())) wrong.push(type.name);
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        const target = getNamedType(field.type);
        if (target.name.endsWith('Connection') && !['first', 'after'].every((a) => field.args.some((arg) => arg.name === a))) wrong.push(`${type.name}.${field.name}`);
        if (isUnionType(target)) wrong.push(`${type.name}.${field.name}: unions are not measured by the cost rule`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
