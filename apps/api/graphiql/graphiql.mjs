// A small GraphQL page of our own: nothing is fetched from anywhere else.
import { Docs, loadSchema, suggestionsAt } from './graphiql-docs.mjs';

const $ = (id) => document.getElementById(id);
const [query, variables, headers, result, facts] = ['query', 'variables', 'headers', 'result', 'facts'].map($);
const CSRF = { 'x-yinfeng-csrf': '1' };
const EXAMPLE = `# Ctrl+Enter 执行 run · Ctrl+空格 space 提示 suggestions
query Projects($first: Int) {
  projects(first: $first) {
    totalCount
    nodes { id code name stage status owner { name } }
    pageInfo { hasNextPage endCursor }
  }
}
`;

/** One request; the session cookie goes along by itself, the CSRF header has to be sent. */
async function send(body, more = {}) {
  const response = await fetch('/graphql', {
    method: 'POST', credentials: 'same-origin',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json', ...CSRF, ...more },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: await response.json() };
}

function object(text, name) {
  if (text.trim() === '') return {};
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch { /* told below */ }
  throw new Error(`${name}: JSON {…}`);
}

const operations = () => [...query.value.replace(/#[^\n]*|"(?:\\.|[^"\\])*"/g, '').matchAll(/\b(query|mutation|subscription)\s+([_A-Za-z]\w*)/g)].map(([, kind, name]) => ({ kind, name }));

function chosen() {
  const all = operations();
  const name = all.length > 1 ? $('operation').value : all[0]?.name;
  const kind = all.find((o) => o.name === name)?.kind ?? (/^\s*(?:#[^\n]*\n\s*)*subscription\b/.test(query.value) ? 'subscription' : 'query');
  return { name, kind };
}

async function run() {
  stop();
  const { name, kind } = chosen();
  try {
    const body = { query: query.value, variables: object(variables.value, '变量 Variables'), ...(name ? { operationName: name } : {}) };
    if (kind === 'subscription') return subscribe(body);
    const more = object(headers.value, '请求头 Headers');
    facts.textContent = '…';
    const started = performance.now();
    const { status, answer } = await send(body, more);
    const { cost, ...rest } = answer.extensions ?? {};
    facts.textContent = `HTTP ${status} · ${Math.round(performance.now() - started)} ms${cost ? ` · 开销 cost ${cost.requested} (${cost.throttleStatus.currentlyAvailable} 可用 left)` : ''}`;
    delete answer.extensions;
    result.textContent = JSON.stringify(Object.keys(rest).length ? { ...answer, extensions: rest } : answer, null, 2);
  } catch (error) {
    facts.textContent = '';
    result.textContent = String(error.message ?? error);
  }
}

let socket = null;
function subscribe(payload) {
  result.textContent = '';
  facts.textContent = '连接 connecting…';
  $('stop').hidden = false;
  socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  const say = (message) => socket?.send(JSON.stringify(message));
  socket.onopen = () => say({ type: 'connection_init', payload: { authorization: object(headers.value, 'Headers').authorization } });
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'connection_ack') { facts.textContent = '已订阅 subscribed'; say({ type: 'subscribe', id: '1', payload }); }
    if (message.type === 'ping') say({ type: 'pong' });
    if (message.type === 'next' || message.type === 'error') result.textContent = `${JSON.stringify(message.payload, null, 2)}\n\n${result.textContent}`.slice(0, 200_000);
    if (message.type === 'complete' || message.type === 'error') stop();
  };
  socket.onclose = ({ code, reason }) => { facts.textContent = `连接已关闭 closed ${code} ${reason}`; $('stop').hidden = true; };
}
function stop() {
  socket?.close(1000);
  socket = null;
  $('stop').hidden = true;
}

// Signing in and out
async function who() {
  const { answer } = await send({ query: '{ me { name role } }' });
  const me = answer.data?.me;
  $('sign-in').hidden = !!me;
  $('signed-in').hidden = !me;
  $('who').textContent = me ? `${me.name} (${me.role})` : '';
}
$('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { answer } = await send({ query: 'mutation($input: SignInInput!) { signIn(input: $input) { userErrors { message } } }', variables: { input: { email: $('email').value, password: $('password').value } } });
  $('password').value = '';
  const refused = answer.data?.signIn?.userErrors?.[0] ?? answer.errors?.[0];
  facts.textContent = refused ? refused.message : '';
  if (!refused) await begin();
});
$('sign-out').addEventListener('click', async () => {
  await send({ query: 'mutation { signOut(input: {}) { signedOut } }' });
  await begin();
});

// Editing
function showOperations() {
  const names = operations().map((o) => o.name);
  $('choose').hidden = names.length < 2;
  const before = $('operation').value;
  $('operation').replaceChildren(...names.map((name) => Object.assign(document.createElement('option'), { value: name, textContent: name, selected: name === before })));
}
let offered = [];
let picked = 0;
function offer(schema) {
  offered = schema ? suggestionsAt(schema, query.value, query.selectionStart) : [];
  picked = 0;
  paint();
}
function paint() {
  const list = $('suggestions');
  list.hidden = offered.length === 0;
  list.replaceChildren(...offered.map((item, i) => {
    const row = document.createElement('li');
    row.role = 'option';
    row.ariaSelected = String(i === picked);
    row.append(item.name, Object.assign(document.createElement('small'), { textContent: item.type }));
    row.addEventListener('mousedown', (event) => { event.preventDefault(); take(i); });
    return row;
  }));
  list.children[picked]?.scrollIntoView({ block: 'nearest' });
}
function take(i) {
  const { name, from } = offered[i];
  query.setRangeText(name, from, query.selectionStart, 'end');
  offered = [];
  paint();
  keep();
}
query.addEventListener('keydown', (event) => {
  if (offered.length && ['ArrowDown', 'ArrowUp', 'Enter', 'Tab', 'Escape'].includes(event.key)) {
    event.preventDefault();
    if (event.key === 'Escape') offered = [];
    else if (event.key === 'ArrowDown') picked = (picked + 1) % offered.length;
    else if (event.key === 'ArrowUp') picked = (picked + offered.length - 1) % offered.length;
    else return take(picked);
    return paint();
  }
  if (event.ctrlKey && event.key === ' ') { event.preventDefault(); offer(docs.schema); }
});
document.addEventListener('keydown', (event) => { if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') { event.preventDefault(); void run(); } });
function keep() {
  sessionStorage.setItem('query', query.value);
  sessionStorage.setItem('variables', variables.value);
  showOperations();
}
query.addEventListener('input', () => { keep(); if (offered.length) offer(docs.schema); });
query.addEventListener('blur', () => { offered = []; paint(); });
variables.addEventListener('input', keep);
$('run').addEventListener('click', () => void run());
$('stop').addEventListener('click', stop);

const docs = new Docs($('page'), $('back'), $('find'));
async function begin() {
  await who();
  docs.show(await loadSchema(send));
}
query.value = sessionStorage.getItem('query') ?? EXAMPLE;
variables.value = sessionStorage.getItem('variables') ?? '{ "first": 20 }';
showOperations();
await begin();
