import './workers.mjs';
// Before GraphiQL asks for it: what is only imported on demand would leave its styles in a file that nobody loads.
import 'monaco-graphql/esm/monaco-editor.js';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './graphiql.css';
import { GraphiQL } from 'graphiql';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { EMPTY, EXAMPLES } from './examples.mjs';
import { makeFetcher, signIn, signOut, whenLost, whoAmI } from './session.mjs';

const PREFIX = 'yinfeng:';
/** Other programs on the same address and port keep their GraphiQL apart from ours. */
const storage = {
  getItem: (key) => localStorage.getItem(PREFIX + key),
  setItem: (key, value) => localStorage.setItem(PREFIX + key, value),
  removeItem: (key) => localStorage.removeItem(PREFIX + key),
  clear: () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => localStorage.removeItem(key)),
  get length() {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).length;
  },
};

function SignIn({ onSignedIn }) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState('');
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { email, password } = Object.fromEntries(new FormData(form));
    setBusy(true);
    setRefused('');
    try {
      onSignedIn(await signIn(email, password));
    } catch (error) {
      setRefused(error.message);
      form.elements.password.select();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="account" onSubmit={(event) => void submit(event)}>
      <label>账号 Account <input name="email" autoComplete="username" autoCapitalize="off" spellCheck="false" placeholder="recruiter@demo" required /></label>
      <label>密码 Password <input name="password" type="password" autoComplete="current-password" required /></label>
      <button disabled={busy}>登录 Sign in</button>
      <output role="alert">{refused}</output>
    </form>
  );
}

function SignedIn({ person, onSignedOut }) {
  const leave = () => void signOut().catch(() => undefined).then(onSignedOut);
  return (
    <div className="account">
      <span className="person"><b>{person.name}</b> {person.role}{person.department ? ` · ${person.department.name}` : ''}</span>
      <button type="button" onClick={leave}>退出 Sign out</button>
    </div>
  );
}

function Page({ known }) {
  // A new fetcher makes GraphiQL read the schema again: another person may see another one.
  const [{ person, fetcher }, setSession] = useState(() => ({ person: known, fetcher: makeFetcher() }));
  const become = (next) => setSession({ person: next, fetcher: makeFetcher() });
  useEffect(() => whenLost(() => setSession((session) => ({ ...session, person: null }))), []);
  return (
    <>
      <header>
        <h1>引凤 GraphQL</h1>
        {person ? <SignedIn person={person} onSignedOut={() => become(null)} /> : <SignIn onSignedIn={become} />}
      </header>
      <main>
        <GraphiQL fetcher={fetcher} storage={storage} defaultTabs={EXAMPLES} defaultQuery={EMPTY} inputValueDeprecation schemaDescription shouldPersistHeaders={false}>
          <GraphiQL.Logo>{null}</GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}

const known = await whoAmI().catch(() => null);
createRoot(document.getElementById('page')).render(<Page known={known} />);
