// The schema as pages to click through, and suggestions while typing.

const TYPE = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }';
const ARGUMENT = `name description defaultValue type { ${TYPE} }`;
const INTROSPECTION = `{ __schema { queryType { name } mutationType { name } subscriptionType { name } types {
  kind name description interfaces { name } possibleTypes { name } enumValues(includeDeprecated: true) { name description }
  inputFields { ${ARGUMENT} }
  fields(includeDeprecated: true) { name description isDeprecated deprecationReason args { ${ARGUMENT} } type { ${TYPE} } } } } }`;

/** The schema by type name, or null when the caller may not look. */
export async function loadSchema(send) {
  const { answer } = await send({ query: INTROSPECTION });
  const schema = answer.data?.__schema;
  if (!schema) return { refused: answer.errors?.[0]?.message ?? '' };
  const roots = ['query', 'mutation', 'subscription'].map((kind) => [kind, schema[`${kind}Type`]?.name]).filter(([, name]) => name);
  return { types: new Map(schema.types.filter((t) => !t.name.startsWith('__')).map((t) => [t.name, t])), roots: Object.fromEntries(roots) };
}

const written = (type) => (type.kind === 'NON_NULL' ? `${written(type.ofType)}!` : type.kind === 'LIST' ? `[${written(type.ofType)}]` : type.name);
const named = (type) => (type.ofType ? named(type.ofType) : type.name);

function element(name, content, attributes = {}) {
  const node = Object.assign(document.createElement(name), attributes);
  node.append(...[content].flat().filter((part) => part !== null && part !== undefined));
  return node;
}

export class Docs {
  schema = null;
  #trail = [];
  constructor(page, back, find) {
    this.page = page;
    this.back = back;
    this.find = find;
    back.addEventListener('click', () => { this.#trail.pop(); this.#paint(); });
    find.addEventListener('input', () => this.#paint());
  }

  show(schema) {
    this.schema = schema.types ? schema : null;
    this.refused = schema.refused;
    this.#trail = [];
    this.#paint();
  }

  #link(type) {
    const name = named(type);
    const link = element('a', written(type), { href: '#' });
    link.addEventListener('click', (event) => {
      event.preventDefault();
      this.#trail.push(name);
      this.find.value = '';
      this.#paint();
      this.page.focus();
    });
    return link;
  }

  #paint() {
    this.back.disabled = this.#trail.length === 0;
    if (!this.schema) return this.page.replaceChildren(element('p', this.refused ?? ''));
    const wanted = this.find.value.trim().toLowerCase();
    const current = this.#trail.at(-1);
    this.page.replaceChildren(...(wanted ? this.#found(wanted) : current ? this.#type(this.schema.types.get(current)) : this.#start()));
    this.page.scrollTop = 0;
  }

  #start() {
    const { roots, types } = this.schema;
    const list = (names) => element('dl', names.map((name) => [element('dt', this.#link({ kind: 'OBJECT', name })), element('dd', types.get(name).description ?? '')]).flat());
    const others = [...types.keys()].filter((name) => !Object.values(roots).includes(name)).sort();
    return [element('h2', '接口 API'), list(Object.values(roots)), element('h3', '类型 Types'), list(others)];
  }

  #type(type) {
    if (!type) return [];
    const parts = [element('h2', type.name), element('p', type.description ?? '')];
    if (type.possibleTypes?.length) parts.push(element('p', type.possibleTypes.map((t) => [this.#link({ kind: 'OBJECT', name: t.name }), ' ']).flat()));
    const rows = [...(type.fields ?? []), ...(type.inputFields ?? [])].map((field) => this.#field(field)).flat();
    const values = (type.enumValues ?? []).map((value) => [element('dt', value.name), element('dd', value.description ?? '')]).flat();
    return [...parts, element('dl', [...rows, ...values])];
  }

  #field(field, prefix = '') {
    const name = element('span', prefix + field.name, { className: field.isDeprecated ? 'gone' : '' });
    const args = (field.args ?? []).map((arg) => element('dd', [element('code', `${arg.name}: `), this.#link(arg.type), arg.defaultValue ? ` = ${arg.defaultValue}` : '', ` ${arg.description ?? ''}`]));
    return [element('dt', [name, ': ', this.#link(field.type)]), element('dd', [field.description ?? '', field.isDeprecated ? ` (${field.deprecationReason})` : '']), ...args];
  }

  #found(text) {
    const rows = [];
    for (const type of this.schema.types.values()) {
      if (type.name.toLowerCase().includes(text)) rows.push(element('dt', this.#link({ kind: 'OBJECT', name: type.name })), element('dd', type.description ?? ''));
      for (const field of type.fields ?? []) if (field.name.toLowerCase().includes(text)) rows.push(...this.#field(field, `${type.name}.`).slice(0, 2));
      if (rows.length > 200) break;
    }
    return [element('dl', rows)];
  }
}

/** What may stand at this place of a document: follows the braces from the beginning, forgiving what is unfinished. */
export function suggestionsAt(schema, text, at) {
  const word = /[_A-Za-z]\w*$/.exec(text.slice(0, at))?.[0] ?? '';
  const from = at - word.length;
  const type = typeAt(schema, text.slice(0, from));
  const fields = type?.fields ?? [];
  return fields.filter((f) => f.name.toLowerCase().startsWith(word.toLowerCase())).slice(0, 50).map((f) => ({ name: f.name, type: written(f.type), from }));
}

function typeAt({ types, roots }, text) {
  const tokens = text.replace(/#[^\n]*/g, '').match(/"(?:\\.|[^"\\])*"|\.\.\.|[_A-Za-z]\w*|[{}()[\]:$@!=]/g) ?? [];
  const stack = [];
  let field = null;
  let root = 'query';
  let parentheses = 0;
  let condition = null;
  tokens.forEach((token, i) => {
    if (token === '(') parentheses++;
    else if (token === ')') parentheses = Math.max(0, parentheses - 1);
    else if (parentheses > 0) return;
    else if (token === '{') {
      const above = stack.at(-1);
      const inner = condition ? types.get(condition) : stack.length === 0 ? types.get(roots[root]) : types.get(named(above?.fields?.find((f) => f.name === field)?.type ?? { name: '' }));
      stack.push(inner ?? null);
      field = condition = null;
    } else if (token === '}') stack.pop();
    else if (token === 'on' && (tokens[i - 1] === '...' || tokens[i - 2] === 'fragment')) condition = tokens[i + 1];
    else if (stack.length === 0 && token in { query: 1, mutation: 1, subscription: 1 }) root = token;
    else if (/^[_A-Za-z]/.test(token) && tokens[i + 1] !== ':' && tokens[i - 1] !== '@' && token !== condition) field = token;
  });
  return parentheses === 0 ? stack.at(-1) : null;
}
