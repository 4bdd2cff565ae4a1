/** A part of a model: XML inside of its process, and what belongs beside the process (messages, errors). */
export interface Part {
  inside: string
  /** What the schema wants after all of the former. */
  artifacts?: string
  beside?: string
}

export interface Mappings extends Listened {
  /** `target: source`, in order. */
  inputs?: Record<string, string>
  outputs?: Record<string, string>
}

/** Types of jobs that are done before an element is active, and before it is completed; with retries where it is a pair. */
export interface Listened {
  startListeners?: (string | [type: string, retries: string])[]
  endListeners?: (string | [type: string, retries: string])[]
}

export interface Activity extends Mappings {
  multi?: {
    sequential?: boolean
    in: string
    as?: string
    out?: string
    element?: string
    until?: string
  }
}

/** A whole BPMN file with one process. */
export function model(processId: string, ...parts: Part[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="http://commitbase">
<bpmn:process id="${processId}" isExecutable="true">
${withFlows(contentOf(parts))}
</bpmn:process>
${[...new Set(parts.map((part) => part.beside ?? ''))].join('\n')}
</bpmn:definitions>`
}

/** Of the process itself: the first of a model's parts. */
export function processListeners(options: Listened): Part {
  return { inside: extensions(options) }
}

function contentOf(parts: readonly Part[]): string {
  return [...parts.map(({ inside }) => inside), ...parts.map(({ artifacts = '' }) => artifacts)].join('\n')
}

/** `a -> b -> c`: sequence flows named `a_b`, `b_c`. */
export function flow(path: string, condition?: string): Part {
  const ids = path.split('->').map((id) => id.trim())
  const flows = ids.slice(1).map((target, index) => {
    const source = ids[index]
    const body = condition
      ? `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${escapeXml(condition)}</bpmn:conditionExpression>`
      : ''
    return `<bpmn:sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}">${body}</bpmn:sequenceFlow>`
  })
  return { inside: flows.join('\n') }
}

export function start(id = 'start', options: Mappings = {}): Part {
  return { inside: element('startEvent', id, '', extensions(options)) }
}

export function messageStart(id: string, name: string, options: Mappings = {}): Part {
  return {
    inside: element('startEvent', id, '', `${extensions(options)}${messageEvent(id)}`),
    beside: message(id, name),
  }
}

export function signalStart(id: string, name: string, options: Mappings = {}): Part {
  return {
    inside: element('startEvent', id, '', `${extensions(options)}${signalEvent(id)}`),
    beside: signal(id, name),
  }
}

export function timerStart(id: string, timer: TimerOf, options: Mappings = {}): Part {
  return { inside: element('startEvent', id, '', `${extensions(options)}${timerEvent(timer)}`) }
}

export function end(id = 'end', options: Mappings = {}): Part {
  return { inside: element('endEvent', id, '', extensions(options)) }
}

export function terminateEnd(id: string): Part {
  return { inside: element('endEvent', id, '', '<bpmn:terminateEventDefinition />') }
}

export function errorEnd(id: string, code: string): Part {
  return {
    inside: element('endEvent', id, '', `<bpmn:errorEventDefinition errorRef="error-${id}" />`),
    beside: `<bpmn:error id="error-${id}" errorCode="${escapeXml(code)}" />`,
  }
}

export function escalationEnd(id: string, code: string, options: Mappings = {}): Part {
  return {
    inside: element('endEvent', id, '', `${extensions(options)}${escalationEvent(id, code)}`),
    ...escalation(id, code),
  }
}

export function escalationThrow(id: string, code: string, options: Mappings = {}): Part {
  const inside = element('intermediateThrowEvent', id, '', `${extensions(options)}${escalationEvent(id, code)}`)
  return { inside, ...escalation(id, code) }
}

/** Compensates what was completed in its scope, or `activity` alone. */
export function compensationThrow(id: string, activity?: string, options: Mappings = {}): Part {
  return { inside: element('intermediateThrowEvent', id, '', `${extensions(options)}${compensateEvent(activity)}`) }
}

export function compensationEnd(id: string, activity?: string, options: Mappings = {}): Part {
  return { inside: element('endEvent', id, '', `${extensions(options)}${compensateEvent(activity)}`) }
}

/** A boundary event on an activity that the handler compensates: an element with `compensates` of the same scope. */
export function compensationBoundary(id: string, on: string, handler: string): Part {
  const inside = boundary(id, on, {}, compensateEvent())
  const artifacts = `<bpmn:association id="${id}_${handler}" associationDirection="One" sourceRef="${id}" targetRef="${handler}" />`
  return { inside, artifacts }
}

/** The same activity as one that compensates. */
export function compensating({ inside, ...rest }: Part): Part {
  return { inside: inside.replace(/^<bpmn:\w+ /, '$&isForCompensation="true" '), ...rest }
}

export interface JobActivity extends Activity {
  retries?: string
  headers?: Record<string, string>
}

export function serviceTask(id: string, type: string = id, options: JobActivity = {}): Part {
  const job = `${emptyTag('zeebe:taskDefinition', { type, retries: options.retries })}${taskHeaders(options)}`
  return { inside: element('serviceTask', id, '', `${extensions(options, job)}${multiInstance(options)}`) }
}

/** An undefined task: nobody has to do anything. */
export function task(id: string, options: Activity = {}): Part {
  return { inside: element('task', id, '', `${extensions(options)}${multiInstance(options)}`) }
}

export interface UserActivity extends Activity {
  assignee?: string
  candidateGroups?: string
  candidateUsers?: string
  dueDate?: string
  followUpDate?: string
  /** The attributes of its form's definition, such as `{ formId: 'f' }`. */
  form?: Record<string, string>
  headers?: Record<string, string>
  priority?: string
  /** The engine has the task itself; else it is a job. */
  native?: boolean
}

export function userTask(id: string, options: UserActivity = {}): Part {
  const { assignee, candidateGroups, candidateUsers, dueDate, followUpDate, form } = options
  const details = [
    emptyTag('zeebe:assignmentDefinition', { assignee, candidateGroups, candidateUsers }),
    emptyTag('zeebe:taskSchedule', { dueDate, followUpDate }),
    emptyTag('zeebe:formDefinition', { ...form }),
    emptyTag('zeebe:priorityDefinition', { priority: options.priority }),
    taskHeaders(options),
    options.native ? '<zeebe:userTask />' : '',
  ].join('')
  return { inside: element('userTask', id, '', `${extensions(options, details)}${multiInstance(options)}`) }
}

export function scriptTask(id: string, expression: string, resultVariable: string, options: Activity = {}): Part {
  const script = emptyTag('zeebe:script', { expression, resultVariable })
  return { inside: element('scriptTask', id, '', extensions(options, script) + multiInstance(options)) }
}

export interface DecisionActivity extends Activity {
  bindingType?: string
  versionTag?: string
}

export function businessRuleTask(
  id: string,
  decisionId: string,
  resultVariable: string,
  options: DecisionActivity = {},
): Part {
  const { bindingType, versionTag } = options
  const called = emptyTag('zeebe:calledDecision', { decisionId, resultVariable, bindingType, versionTag })
  return { inside: element('businessRuleTask', id, '', extensions(options, called) + multiInstance(options)) }
}

export function receiveTask(id: string, name: string, key: string, options: Activity = {}): Part {
  return {
    inside: element(
      'receiveTask',
      id,
      ` messageRef="message-${id}"`,
      `${extensions(options)}${multiInstance(options)}`,
    ),
    beside: message(id, name, key),
  }
}

export interface CallActivityOf extends Activity {
  binding?: 'latest' | 'deployment' | 'versionTag'
  versionTag?: string
  propagateAllChildVariables?: boolean
  propagateAllParentVariables?: boolean
}

export function callActivity(id: string, processId: string, options: CallActivityOf = {}): Part {
  const { binding, versionTag, propagateAllChildVariables: child, propagateAllParentVariables: parent } = options
  const attributes = [
    `processId="${escapeXml(processId)}"`,
    binding && `bindingType="${binding}"`,
    versionTag !== undefined && `versionTag="${escapeXml(versionTag)}"`,
    child !== undefined && `propagateAllChildVariables="${child}"`,
    parent !== undefined && `propagateAllParentVariables="${parent}"`,
  ]
  const called = `<zeebe:calledElement ${attributes.filter(Boolean).join(' ')} />`
  return { inside: element('callActivity', id, '', `${extensions(options, called)}${multiInstance(options)}`) }
}

/** Of the process itself: the first part. */
export function versionTag(tag: string): Part {
  return { inside: `${extensionsOpen}<zeebe:versionTag value="${escapeXml(tag)}" />${extensionsClose}` }
}

export function messageCatch(id: string, name: string, key: string, options: Mappings = {}): Part {
  return {
    inside: element('intermediateCatchEvent', id, '', `${extensions(options)}${messageEvent(id)}`),
    beside: message(id, name, key),
  }
}

/** The token goes on at `linkCatch` of the same name. */
export function linkThrow(id: string, name: string, options: Mappings = {}): Part {
  return { inside: element('intermediateThrowEvent', id, '', `${extensions(options)}${linkEvent(name)}`) }
}

export function linkCatch(id: string, name: string, options: Mappings = {}): Part {
  return { inside: element('intermediateCatchEvent', id, '', `${extensions(options)}${linkEvent(name)}`) }
}

export function signalCatch(id: string, name: string, options: Mappings = {}): Part {
  return {
    inside: element('intermediateCatchEvent', id, '', `${extensions(options)}${signalEvent(id)}`),
    beside: signal(id, name),
  }
}

export function signalThrow(id: string, name: string, options: Mappings = {}): Part {
  return {
    inside: element('intermediateThrowEvent', id, '', `${extensions(options)}${signalEvent(id)}`),
    beside: signal(id, name),
  }
}

/** A job worker of `jobType` publishes the message. */
export function messageThrow(id: string, jobType: string, options: Mappings = {}): Part {
  const worker = `<zeebe:taskDefinition type="${jobType}" />`
  const content = `${extensions(options, worker)}<bpmn:messageEventDefinition messageRef="message-${id}" />`
  return {
    inside: element('intermediateThrowEvent', id, '', content),
    beside: `<bpmn:message id="message-${id}" name="${id}" />`,
  }
}

export function signalEnd(id: string, name: string, options: Mappings = {}): Part {
  return { inside: element('endEvent', id, '', `${extensions(options)}${signalEvent(id)}`), beside: signal(id, name) }
}

export interface TimerOf {
  date?: string
  duration?: string
  cycle?: string
}

export function timerCatch(id: string, timer: TimerOf, options: Mappings = {}): Part {
  return { inside: element('intermediateCatchEvent', id, '', `${extensions(options)}${timerEvent(timer)}`) }
}

export interface Boundary extends Mappings {
  interrupting?: boolean
}

export function timerBoundary(id: string, on: string, timer: TimerOf, options: Boundary = {}): Part {
  return { inside: boundary(id, on, options, timerEvent(timer)) }
}

export function messageBoundary(id: string, on: string, name: string, key: string, options: Boundary = {}): Part {
  return { inside: boundary(id, on, options, messageEvent(id)), beside: message(id, name, key) }
}

export function signalBoundary(id: string, on: string, name: string, options: Boundary = {}): Part {
  return { inside: boundary(id, on, options, signalEvent(id)), beside: signal(id, name) }
}

export function errorBoundary(id: string, on: string, code?: string, options: Boundary = {}): Part {
  if (code === undefined) return { inside: boundary(id, on, options, '<bpmn:errorEventDefinition />') }
  return {
    inside: boundary(id, on, options, `<bpmn:errorEventDefinition errorRef="error-${id}" />`),
    beside: `<bpmn:error id="error-${id}" errorCode="${escapeXml(code)}" />`,
  }
}

/** Without a code for all escalations. */
export function escalationBoundary(id: string, on: string, code?: string, options: Boundary = {}): Part {
  return { inside: boundary(id, on, options, escalationEvent(id, code)), ...escalation(id, code) }
}

export function exclusive(id: string, defaultFlow?: string, options: Listened = {}): Part {
  return {
    inside: element('exclusiveGateway', id, defaultFlow ? ` default="${defaultFlow}"` : '', extensions(options)),
  }
}

export function parallel(id: string, options: Listened = {}): Part {
  return { inside: element('parallelGateway', id, '', extensions(options)) }
}

export function inclusive(id: string, defaultFlow?: string, options: Listened = {}): Part {
  return {
    inside: element('inclusiveGateway', id, defaultFlow ? ` default="${defaultFlow}"` : '', extensions(options)),
  }
}

/** Its flows lead to catch events, such as `messageCatch('m', 'name', '=key')`. */
export function eventBased(id: string, options: Listened = {}): Part {
  return { inside: element('eventBasedGateway', id, '', extensions(options)) }
}

export function subProcess(id: string, options: Activity, ...parts: Part[]): Part {
  return {
    inside: element('subProcess', id, '', `${extensions(options)}${multiInstance(options)}${contentOf(parts)}`),
    beside: parts.map((part) => part.beside ?? '').join('\n'),
  }
}

/** One of the parts is its start event, such as `messageBegin('s', 'name', '=key')`. */
export function eventSubProcess(id: string, options: Mappings, ...parts: Part[]): Part {
  const content = `${extensions(options)}${contentOf(parts)}`
  return {
    inside: element('subProcess', id, ' triggeredByEvent="true"', content),
    beside: parts.map((part) => part.beside ?? '').join('\n'),
  }
}

/** Start events of event subprocesses. */
export function messageBegin(id: string, name: string, key: string, options: Boundary = {}): Part {
  return { inside: begin(id, options, messageEvent(id)), beside: message(id, name, key) }
}

export function signalBegin(id: string, name: string, options: Boundary = {}): Part {
  return { inside: begin(id, options, signalEvent(id)), beside: signal(id, name) }
}

export function timerBegin(id: string, timer: TimerOf, options: Boundary = {}): Part {
  return { inside: begin(id, options, timerEvent(timer)) }
}

export function errorBegin(id: string, code?: string, options: Boundary = {}): Part {
  if (code === undefined) return { inside: begin(id, options, '<bpmn:errorEventDefinition />') }
  return {
    inside: begin(id, options, `<bpmn:errorEventDefinition errorRef="error-${id}" />`),
    beside: `<bpmn:error id="error-${id}" errorCode="${escapeXml(code)}" />`,
  }
}

export function escalationBegin(id: string, code?: string, options: Boundary = {}): Part {
  return { inside: begin(id, options, escalationEvent(id, code)), ...escalation(id, code) }
}

function begin(id: string, options: Boundary, definition: string): string {
  const interrupting = options.interrupting === false ? ' isInterrupting="false"' : ''
  return element('startEvent', id, interrupting, `${extensions(options)}${definition}`)
}

/** Any element, by its BPMN name: for what has no function above. */
export function element(name: string, id: string, attributes: string, content: string): string {
  const split = content.startsWith(extensionsOpen) ? content.indexOf(extensionsClose) + extensionsClose.length : 0
  return `<bpmn:${name} id="${id}"${attributes}>${content.slice(0, split)}${flowsOf(id)}${content.slice(split)}</bpmn:${name}>`
}

const extensionsOpen = '<bpmn:extensionElements>'
const extensionsClose = '</bpmn:extensionElements>'

/** Stands where the schema wants an element's `incoming` and `outgoing`, until the flows are known. */
function flowsOf(id: string): string {
  return `<!--flows of ${id}-->`
}

function withFlows(xml: string): string {
  const flows = [...xml.matchAll(/<bpmn:sequenceFlow id="([^"]*)" sourceRef="([^"]*)" targetRef="([^"]*)"/g)]
  return xml.replace(/<!--flows of (.*?)-->/g, (_, id) => {
    const incoming = flows.filter((flow) => flow[3] === id).map((flow) => `<bpmn:incoming>${flow[1]}</bpmn:incoming>`)
    const outgoing = flows.filter((flow) => flow[2] === id).map((flow) => `<bpmn:outgoing>${flow[1]}</bpmn:outgoing>`)
    return [...incoming, ...outgoing].join('')
  })
}

function boundary(id: string, on: string, options: Boundary, definition: string): string {
  const cancel = options.interrupting === false ? ' cancelActivity="false"' : ''
  return element('boundaryEvent', id, ` attachedToRef="${on}"${cancel}`, `${extensions(options)}${definition}`)
}

function listeners({ startListeners = [], endListeners = [] }: Listened): string {
  const tag = (eventType: string) => (listener: string | [string, string]) => {
    const [type, retries] = typeof listener === 'string' ? [listener] : listener
    return emptyTag('zeebe:executionListener', { eventType, retries, type })
  }
  const all = [...startListeners.map(tag('start')), ...endListeners.map(tag('end'))].join('')
  return all && `<zeebe:executionListeners>${all}</zeebe:executionListeners>`
}

function extensions({ inputs = {}, outputs = {}, ...listened }: Mappings, before = ''): string {
  const more = `${before}${listeners(listened)}`
  const mapping =
    (name: string) =>
    ([target, source]: [string, string]) =>
      `<zeebe:${name} source="${escapeXml(source)}" target="${escapeXml(target)}" />`
  const mappings = [
    ...Object.entries(inputs).map(mapping('input')),
    ...Object.entries(outputs).map(mapping('output')),
  ].join('')
  const io = mappings === '' ? '' : `<zeebe:ioMapping>${mappings}</zeebe:ioMapping>`
  return io || more ? `${extensionsOpen}${more}${io}${extensionsClose}` : ''
}

function taskHeaders({ headers = {} }: { headers?: Record<string, string> }): string {
  const each = Object.entries(headers).map(([key, value]) => emptyTag('zeebe:header', { key, value }))
  return each.length === 0 ? '' : `<zeebe:taskHeaders>${each.join('')}</zeebe:taskHeaders>`
}

/** Nothing, where no attribute is given. */
function emptyTag(name: string, attributes: Record<string, string | undefined>): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined)
  const written = given.map(([key, value]) => ` ${key}="${escapeXml(value!)}"`)
  return given.length === 0 ? '' : `<${name}${written.join('')} />`
}

function multiInstance({ multi }: Activity): string {
  if (multi === undefined) return ''
  const attributes = [
    `inputCollection="${escapeXml(multi.in)}"`,
    multi.as && `inputElement="${escapeXml(multi.as)}"`,
    multi.out && `outputCollection="${escapeXml(multi.out)}"`,
    multi.element && `outputElement="${escapeXml(multi.element)}"`,
  ]
  const until = multi.until
    ? `<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">${escapeXml(multi.until)}</bpmn:completionCondition>`
    : ''
  return `<bpmn:multiInstanceLoopCharacteristics${multi.sequential ? ' isSequential="true"' : ''}><bpmn:extensionElements><zeebe:loopCharacteristics ${attributes.filter(Boolean).join(' ')} /></bpmn:extensionElements>${until}</bpmn:multiInstanceLoopCharacteristics>`
}

function messageEvent(id: string): string {
  return `<bpmn:messageEventDefinition messageRef="message-${id}" />`
}

function message(id: string, name: string, key?: string): string {
  const subscription = key
    ? `<bpmn:extensionElements><zeebe:subscription correlationKey="${escapeXml(key)}" /></bpmn:extensionElements>`
    : ''
  return `<bpmn:message id="message-${id}" name="${escapeXml(name)}">${subscription}</bpmn:message>`
}

function linkEvent(name: string): string {
  return `<bpmn:linkEventDefinition name="${escapeXml(name)}" />`
}

function escalationEvent(id: string, code?: string): string {
  return code === undefined
    ? '<bpmn:escalationEventDefinition />'
    : `<bpmn:escalationEventDefinition escalationRef="escalation-${id}" />`
}

function escalation(id: string, code?: string): { beside?: string } {
  if (code === undefined) return {}
  return { beside: `<bpmn:escalation id="escalation-${id}" escalationCode="${escapeXml(code)}" />` }
}

function compensateEvent(activity?: string): string {
  return `<bpmn:compensateEventDefinition${activity === undefined ? '' : ` activityRef="${activity}"`} />`
}

function signalEvent(id: string): string {
  return `<bpmn:signalEventDefinition signalRef="signal-${id}" />`
}

function signal(id: string, name: string): string {
  return `<bpmn:signal id="signal-${id}" name="${escapeXml(name)}" />`
}

function timerEvent(timer: TimerOf): string {
  const [kind, text] = Object.entries(timer)[0]!
  const name = { date: 'timeDate', duration: 'timeDuration', cycle: 'timeCycle' }[kind as keyof TimerOf]
  return `<bpmn:timerEventDefinition><bpmn:${name} xsi:type="bpmn:tFormalExpression">${escapeXml(text)}</bpmn:${name}></bpmn:timerEventDefinition>`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
