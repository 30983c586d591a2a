/** The ladder of docs/architecture.md as errors: a lib imports only libs to its left, through their index.ts. */
const ladder = ['platform', 'directory', 'enterprises', 'reminders', 'recruitment', 'construction', 'pipeline', 'reports', 'ledgers', 'integration'];
const apps = ['api', 'worker', 'cli', 'standalone', 'console'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...ladder.map((lib, i) => ({
      name: `ladder-${lib}`,
      severity: 'error',
      comment: `${lib} may import only the libs to its left: ${ladder.slice(0, i).join(', ') || 'none'}`,
      from: { path: `^libs/${lib}/` },
      to: { path: `^libs/(${[...ladder.slice(i + 1), ''].filter(Boolean).join('|') || '$nothing'})/` },
    })),
    ...ladder.map((lib) => ({
      name: `through-the-index-${lib}`,
      severity: 'error',
      comment: `other libs, apps and tests enter ${lib} through its index.ts`,
      from: { pathNot: `^libs/${lib}/`, path: '^(libs|apps)/' },
      // npm start only watches its parts: settings and the embedded server come without the libraries behind the index.
      to: { path: `^libs/${lib}/src/`, pathNot: `^libs/${lib}/src/index\\.ts$|^libs/platform/src/(config/config|embedded/embedded-postgres)\\.ts$` },
    })),
    ...apps.map((app) => ({
      name: `app-${app}-alone`,
      severity: 'error',
      comment: 'an app imports no other app',
      from: { path: `^apps/${app}/` },
      to: { path: '^apps/', pathNot: `^apps/${app}/` },
    })),
    { name: 'libs-know-no-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^(apps|test)/' } },
    {
      name: 'libs-know-no-transport',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: 'node_modules/(graphql|@nestjs/graphql|@nestjs/apollo|@apollo|express|fastify|@fastify|react)(/|$)' },
    },
    {
      name: 'queues-only-in-jobs',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: '^libs/platform/src/jobs/' },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'rules-are-pure',
      severity: 'error',
      comment: '*.rules.ts are pure functions: no database, no framework, no clock of their own',
      from: { path: '\\.(rules|stage)\\.ts$' },
      to: { path: '(node_modules/(pg|typeorm|@nestjs|bullmq)|\\.(service|module|sql|entity)\\.ts$)' },
    },
    {
      name: 'migrations-import-nothing-of-ours',
      severity: 'error',
      from: { path: '/migrations/[0-9]' },
      to: { path: '^(libs|apps|test)/', pathNot: '/migrations/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
