import { CommitbaseError } from '../src/errors.ts'

/** Reads one input by its name in action.yml; an empty text where it is not given. */
export type GetInput = (name: string) => string

/** What the step asks for. Texts are as they were given: what is JSON is parsed where it is evaluated. */
export interface Inputs {
  readonly request: Request
  readonly basedir: string
  readonly token: string
  /** How to reach the engine, in the names of its environment variables. */
  readonly engine: Readonly<Record<string, string>>
  readonly verbose: boolean
  readonly jobIndex: string
  /** Every input that is neither a token nor the way to the engine, by name: a part of the event's id. */
  readonly given: Readonly<Record<string, string>>
}

export type Request =
  | { readonly kind: 'operation'; readonly name: string; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'handlers'; readonly path: string }
  | { readonly kind: 'resend' }
  | EngineRequest

export type EngineRequest =
  | { readonly kind: 'deploy'; readonly filename: string; readonly directory: string }
  | { readonly kind: 'create'; readonly processId: string; readonly variables: string; readonly wait?: number }
  | {
      readonly kind: 'publish'
      readonly name: string
      readonly key: string
      readonly variables: string
      readonly timeToLive?: number
    }
  | { readonly kind: 'work'; readonly file: string; readonly minutes: number; readonly handlers: string }

/** All inputs of the step. Throws `invalid`, naming the input, where they do not fit together. */
export function readInputs(getInput: GetInput): Inputs {
  const input = withOldSpelling(getInput)
  return {
    request: readRequest(input),
    basedir: input('basedir') || 'db',
    token: readToken(input),
    engine: readEngine(input),
    verbose: isTrue(input('verbose')),
    jobIndex: input('job_index'),
    given: pick(input, identifying),
  }
}

/** Inputs of operations by the parameters' names. The first four are the predecessor's. */
const parameters: Readonly<Record<string, string>> = {
  table: 'table',
  query: 'query',
  record: 'record',
  tables: 'tables',
  id: 'id',
  patch: 'patch',
  operations: 'operations',
  sort: 'sort',
  skip: 'skip',
  limit: 'limit',
  project: 'project',
  at: 'at',
  blobs: 'blobs',
  ifMatch: 'if_match',
  ifAbsent: 'if_absent',
  from: 'from',
  to: 'to',
  since: 'since',
  records: 'records',
  event: 'event',
  source: 'source',
  commit: 'commit',
  force: 'force',
}

/** The name of the input that gives a parameter. */
export function inputOf(parameter: string): string {
  return parameters[parameter] ?? parameter
}

const identifying = [
  'operation',
  ...Object.values(parameters),
  'basedir',
  'handlers',
  'bpmn_filename',
  'bpmn_directory',
  'bpmn_process_id',
  'variables',
  'request_timeout',
  'message_name',
  'correlation_key',
  'ttl',
  'worker_handler_file',
  'worker_lifetime_mins',
]

const engineInputs = [
  'zeebe_address',
  'zeebe_client_id',
  'zeebe_client_secret',
  'zeebe_authorization_server_url',
  'zeebe_token_audience',
]

/** zeebe-action wrote its inputs with underscores at first, later in camel case, and two by other names; GitHub hands all through. */
function withOldSpelling(getInput: GetInput): GetInput {
  return (name) =>
    [name, name.replaceAll('_', ''), ...(oldNames.get(name) ?? [])].reduce((value, name) => value || getInput(name), '')
}

const oldNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['request_timeout', ['requestTimeoutSeconds']],
  ['ttl', ['timeToLive']],
])

function readToken(input: GetInput): string {
  const token = input('github_token')
  if (!/[^\x21-\x7e]/.test(token)) return token
  throw new CommitbaseError(
    'invalid',
    "input 'github_token' holds a space, a line break or another character that no token has; look at the secret that it comes from",
  )
}

function readRequest(input: GetInput): Request {
  const operation = input('operation')
  const handlers = input('handlers')
  if (operation && handlers && operation !== 'startWorkers') {
    throw new CommitbaseError(
      'invalid',
      `inputs 'operation' (${operation}) and 'handlers' (${handlers}) exclude each other; give one`,
    )
  }
  if (handlers && !operation) return { kind: 'handlers', path: handlers }
  if (!operation) {
    throw new CommitbaseError(
      'invalid',
      "input 'operation' or input 'handlers' is needed; got neither. Name an operation, such as UPSERT, or a file of handlers",
    )
  }
  return engineRequest(operation, input) ?? { kind: 'operation', name: operation, parameters: readParameters(input) }
}

function readParameters(input: GetInput): Record<string, string> {
  const given = Object.entries(parameters).map(([parameter, name]) => [parameter, input(name)])
  return Object.fromEntries(given.filter(([, value]) => value !== ''))
}

/** The operations of zeebe-action, by the names that it had over time. */
function engineRequest(operation: string, input: GetInput): Request | undefined {
  switch (operation) {
    case 'resend':
      return { kind: 'resend' }
    case 'deployWorkflow':
    case 'deployProcess':
      return readDeployment(operation, input)
    case 'createWorkflowInstance':
    case 'createProcessInstance':
      return { kind: 'create', processId: needed(operation, input, 'bpmn_process_id'), variables: input('variables') }
    case 'createWorkflowInstanceWithResult':
    case 'createProcessInstanceWithResult':
      return {
        kind: 'create',
        processId: needed(operation, input, 'bpmn_process_id'),
        variables: input('variables'),
        wait: (readNumber(input, 'request_timeout') ?? 30) * 1_000,
      }
    case 'publishMessage':
      return {
        kind: 'publish',
        name: needed(operation, input, 'message_name'),
        key: input('correlation_key'),
        variables: input('variables'),
        timeToLive: readNumber(input, 'ttl'),
      }
    case 'startWorkers':
      return {
        kind: 'work',
        file: needed(operation, input, 'worker_handler_file'),
        minutes: readNumber(input, 'worker_lifetime_mins') ?? 10,
        handlers: input('handlers'),
      }
  }
}

function readDeployment(operation: string, input: GetInput): EngineRequest {
  const filename = input('bpmn_filename')
  const directory = input('bpmn_directory')
  if (Boolean(filename) === Boolean(directory)) {
    const came = filename ? 'both' : 'neither'
    throw new CommitbaseError(
      'invalid',
      `${operation} needs one of the inputs 'bpmn_filename' and 'bpmn_directory'; got ${came}`,
    )
  }
  return { kind: 'deploy', filename, directory }
}

/** The inputs win over the text of `client_config`; what neither says is left to the environment. */
function readEngine(input: GetInput): Record<string, string> {
  const lines = input('client_config').matchAll(
    /^\s*(?:export\s+)?((?:ZEEBE|CAMUNDA)_\w+)\s*[=:]\s*(["']?)(.*?)\2\s*$/gm,
  )
  const config = Object.fromEntries([...lines].map(([, name, , value]) => [name, value]))
  const given = pick(input, engineInputs)
  return { ...config, ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toUpperCase(), value])) }
}

function needed(operation: string, input: GetInput, name: string): string {
  const value = input(name)
  if (value) return value
  throw new CommitbaseError('invalid', `${operation} needs the input '${name}'; it is missing or empty`)
}

function readNumber(input: GetInput, name: string): number | undefined {
  const text = input(name)
  if (!text) return undefined
  const value = Number(text)
  if (Number.isFinite(value) && value >= 0) return value
  throw new CommitbaseError('invalid', `input '${name}' must be a number from 0; got '${text.slice(0, 80)}'`)
}

function pick(input: GetInput, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, input(name)]).filter(([, value]) => value !== ''))
}

function isTrue(text: string): boolean {
  return text.toLowerCase() === 'true'
}
