// Who is signed in, and how requests of this page travel. The token stays in this tab and goes as a header; cookies stay out of it.
import { createClient } from 'graphql-ws';

const KEEP = 'yinfeng:graphiql:token';
const ME = 'name role department { name }';
let token = sessionStorage.getItem(KEEP);
let socket = null;
let onLost = () => undefined;

/** Calls back when the server no longer knows the token. */
export function whenLost(callback) {
  onLost = callback;
}

/** Takes on a token or, with null, forgets the one there is; subscriptions begun under it end. */
function hold(next) {
  token = next;
  if (next === null) sessionStorage.removeItem(KEEP);
  else sessionStorage.setItem(KEEP, next);
  // A connection that was refused has nothing left to close.
  socket?.dispose().catch(() => undefined);
  socket = null;
}

async function post(body, headers = {}, signal) {
  const response = await fetch('/graphql', {
    method: 'POST', credentials: 'omit', signal,
    headers: {
      'content-type': 'application/json', accept: 'application/graphql-response+json, application/json;q=0.9',
      ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`HTTP ${response.status} ${text.slice(0, 300)}`);
  }
}

const refusal = (answer) => answer.errors?.[0]?.extensions?.code;

/** The person behind the token kept in this tab, or null. */
export async function whoAmI() {
  if (!token) return null;
  const answer = await post({ query: `{ me { ${ME} } }` });
  if (refusal(answer) === 'UNAUTHENTICATED') hold(null);
  return answer.data?.me ?? null;
}

/**
 * Opens a session and keeps its token.
 * @throws Error in the server's words, when nobody came in.
 */
export async function signIn(email, password) {
  hold(null);
  const answer = await post({ query: `mutation SignIn($input: SignInInput!) { signIn(input: $input) { token staff { ${ME} } userErrors { message } } }`, variables: { input: { email, password } } });
  const opened = answer.data?.signIn;
  if (!opened?.token) throw new Error(opened?.userErrors?.[0]?.message ?? answer.errors?.[0]?.message ?? '登录失败 Sign-in failed');
  hold(opened.token);
  return opened.staff;
}

/** Ends the session on the server too; the page forgets it in any case. */
export async function signOut() {
  try {
    await post({ query: 'mutation SignOut { signOut(input: {}) { signedOut } }' });
  } finally {
    hold(null);
  }
}

function isSubscription(document, name) {
  const operations = (document?.definitions ?? []).filter((part) => part.kind === 'OperationDefinition');
  return (operations.find((operation) => operation.name?.value === name) ?? operations[0])?.operation === 'subscription';
}

/** What went wrong, so that it can be read: a closed socket is told as an event, which would be printed as {}. */
function readable(cause) {
  if (cause instanceof Error || Array.isArray(cause)) return cause;
  const told = cause?.code === 4403 ? '请先登录 Please sign in first' : '连接已关闭 Connection closed';
  // The place in our code would be printed along, and says nothing to whoever subscribes.
  return Object.assign(new Error(`${told} (${[cause?.code, cause?.reason].filter(Boolean).join(' ')})`), { stack: undefined });
}

function subscribe(params) {
  socket ??= createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    connectionParams: () => (token ? { authorization: `Bearer ${token}` } : {}),
    // Who watches is told of a lost connection rather than left waiting.
    retryAttempts: 0,
  });
  return {
    subscribe: (observer) => ({
      unsubscribe: socket.subscribe(params, { next: (answer) => observer.next(answer), error: (cause) => observer.error(readable(cause)), complete: () => observer.complete() }),
    }),
  };
}

/** GraphiQL's fetcher: queries and mutations over HTTP, subscriptions over WebSocket. */
export function makeFetcher() {
  return async (params, { headers, documentAST } = {}) => {
    if (isSubscription(documentAST, params.operationName)) return subscribe(params);
    const answer = await post(params, headers);
    if (token && !headers?.authorization && refusal(answer) === 'UNAUTHENTICATED') {
      hold(null);
      onLost();
    }
    return answer;
  };
}
