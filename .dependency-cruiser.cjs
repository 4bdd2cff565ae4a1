/** The import rules of docs/ARCHITECTURE.md. `node scripts/checkRules.ts` plants a violation of each and must see it found. */

const rooms = [
  'git',
  'database',
  'events',
  'feel',
  'dmn',
  'engine',
  'zeebe',
  'github',
  'hub',
  'gateway',
  'console',
  'cli',
]

/** What each room may import from ours, beside itself, src/errors.ts, src/inTime.ts, src/readJson.ts and src/step.ts. */
const below = {
  git: [],
  database: ['git'],
  events: ['git', 'database'],
  feel: [],
  dmn: ['feel'],
  engine: ['git', 'events', 'feel', 'dmn'],
  zeebe: ['events', 'feel'],
  github: ['events', 'feel'],
  hub: ['git', 'database', 'events', 'feel', 'dmn', 'engine', 'zeebe', 'github'],
  gateway: ['git', 'database', 'events', 'feel', 'dmn', 'engine', 'zeebe', 'github', 'hub'],
  console: ['git', 'database', 'events', 'feel', 'dmn', 'engine', 'zeebe', 'github', 'hub', 'gateway'],
  cli: ['git', 'database', 'events', 'feel', 'dmn', 'engine', 'zeebe', 'github', 'hub', 'gateway', 'console'],
}

const roomRules = rooms.map((room) => ({
  name: `${room}-imports-down`,
  comment: `src/${room} may import ${['errors.ts', 'inTime.ts', 'readJson.ts', 'step.ts', ...below[room]].join(', ')} at most`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.(test|contract)\\.ts$' },
  to: {
    path: '^(src|action|examples|scripts|test|bench)/',
    pathNot: `^src/((errors|inTime|readJson|step)\\.ts$|(${[room, ...below[room]].join('|')})/)`,
  },
}))

/** The engine's core: pure, it knows nothing of clocks, stores, servers and batches. */
const engineCore = [
  'state',
  'compile',
  'definitions',
  'elements',
  'lifecycle',
  'waiting',
  'variables',
  'jobs',
  'commands',
  'migration',
  'deployments',
]

/** What each room within a room may import from the others there. Beside them lie what all may use, and what is made of them. */
const belowInRooms = {
  engine: {
    ...Object.fromEntries(engineCore.map((room) => [room, engineCore.filter((other) => other !== room)])),
    state: ['compile'],
    storage: ['state'],
    records: ['state'],
  },
  git: {
    objects: [],
    commands: ['objects'],
    disk: [],
    packs: ['objects', 'commands', 'disk'],
    trees: ['objects'],
    history: ['objects', 'commands', 'trees'],
    local: ['objects', 'commands', 'disk', 'packs', 'trees', 'history'],
    remote: ['objects', 'commands', 'disk', 'packs', 'trees', 'history'],
    shared: ['objects'],
  },
  database: {
    json: [],
    schemas: ['json'],
    tables: ['json', 'schemas'],
    receipts: ['json', 'tables'],
    index: ['json', 'tables'],
    queries: ['json', 'schemas', 'tables', 'index'],
    past: ['json', 'tables', 'receipts', 'index', 'queries'],
    transactions: ['json', 'tables', 'index', 'queries', 'past'],
    checks: ['json', 'schemas', 'tables', 'index'],
    operations: ['json', 'schemas', 'tables', 'queries', 'past', 'transactions'],
  },
  feel: {
    values: [],
    parse: ['values'],
    patterns: [],
    functions: ['values', 'patterns'],
    compile: ['values', 'parse'],
  },
  hub: {
    access: [],
    intake: [],
    pushes: [],
  },
}

const innerRules = Object.entries(belowInRooms).flatMap(([outer, inner]) =>
  Object.entries(inner).map(([room, below]) => ({
    name: `${outer}-${room}-imports-down`,
    comment: `src/${outer}/${room} may import ${['what lies beside the rooms', ...below].join(', ')} at most`,
    severity: 'error',
    from: { path: `^src/${outer}/${room}/`, pathNot: '\\.(test|contract)\\.ts$' },
    to: { path: `^src/${outer}/[a-z]+/`, pathNot: `^src/${outer}/(${[room, ...below].join('|')})/` },
  })),
)

const onlyRules = [
  { name: 'only-action-knows-actions', from: '^action/', to: 'node_modules/@actions/' },
  { name: 'only-github-knows-octokit', from: '^(src/github|action)/', to: 'node_modules/@octokit/(rest|core|request)' },
  { name: 'only-zeebe-knows-zeebe-node', from: '^(src/zeebe|bench/engine)/', to: 'node_modules/zeebe-node' },
  { name: 'only-git-runs-git', from: '^(src/git|src/engine/testing|scripts|bench)/', to: '^(node:)?child_process$' },
].map(({ name, from, to }) => ({
  name,
  severity: 'error',
  from: { path: '^(src|action|examples|scripts|bench)/', pathNot: [from, '\\.test\\.ts$'] },
  to: { path: to },
}))

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-in-src',
      severity: 'error',
      from: { path: '^(src|action)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
    {
      name: 'src-is-below',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(action|examples|scripts|test|bench)/' },
    },
    ...roomRules,
    ...innerRules,
    ...onlyRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^action/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
