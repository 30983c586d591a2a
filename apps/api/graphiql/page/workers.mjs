// Monaco's language services run beside the page, as files of our own: see scripts/build-graphiql.mjs.
const WORKERS = { json: 'json.worker.js', graphql: 'graphql.worker.js' };

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(`/graphiql/bundle/${WORKERS[label] ?? 'editor.worker.js'}`, { type: 'module', name: label }),
};
