import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { type DocumentNode, GraphQLError, type GraphQLScalarType, type GraphQLSchema, isScalarType, isSpecifiedScalarType, type OperationDefinitionNode } from 'graphql';

/** Compiling costs some 3 ms a field: only what comes back is compiled. */
const COMPILE_FROM_USE = 3;
/** Compiled operations kept; the least recently used one goes. */
const MOST_COMPILED = 500;

interface Known {
  uses: number;
  compiled: CompiledQuery | null;
}

/** Compiled execution of the operations that come back; everything else is left to graphql-js. */
export class CompiledOperations {
  private readonly known = new WeakMap<OperationDefinitionNode, Known>();
  /** In order of last use. */
  private readonly kept = new Set<Known>();

  constructor(private readonly schema: GraphQLSchema) {}

  /** The compiled operation, or null: not used often enough, a subscription, or more than the compiler can do. */
  find(document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | null {
    if (operation.operation === 'subscription') return null;
    let known = this.known.get(operation);
    if (!known) this.known.set(operation, (known = { uses: 0, compiled: null }));
    known.uses++;
    if (!known.compiled && known.uses === COMPILE_FROM_USE) known.compiled = this.compile(document, operation);
    if (!known.compiled) return null;
    this.kept.delete(known);
    this.kept.add(known);
    if (this.kept.size > MOST_COMPILED) this.forgetOldest();
    return known.compiled;
  }

  private compile(document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | null {
    const compiled = compileQuery(this.schema, document, operation.name?.value ?? '', { customSerializers: this.serializers() });
    return isCompiledQuery(compiled) ? compiled : null;
  }

  private forgetOldest(): void {
    const oldest = this.kept.values().next().value!;
    this.kept.delete(oldest);
    oldest.compiled = null;
    oldest.uses = 0;
  }

  /**
   * graphql-jit 0.8.9 takes a null that a scalar's serialize gave for a non-null field; graphql-js raises an error
   * there. With these serializers both do.
   */
  private serializers(): Record<string, (value: unknown) => unknown> {
    const scalars = Object.values(this.schema.getTypeMap()).filter((t): t is GraphQLScalarType => isScalarType(t) && !isSpecifiedScalarType(t));
    return Object.fromEntries(scalars.map((scalar) => [scalar.name, strict(scalar)]));
  }
}

function strict(scalar: GraphQLScalarType): (value: unknown) => unknown {
  return (value) => {
    const out: unknown = scalar.serialize(value);
    if (out == null) throw new GraphQLError(`Expected \`${scalar.name}.serialize\` to return non-nullable value.`);
    return out;
  };
}
