import type { Part } from '../../../src/engine/testing/bpmn.ts'
import * as bpmn from '../../../src/engine/testing/bpmn.ts'
import type { Scenario, Step } from '../scenario.ts'
import type { Kind, Tree } from './tree.ts'

/** A process made of a tree, the walk through it, and how often each of its elements completes on it. */
export interface Walk {
  readonly scenario: Scenario
  readonly completes: ReadonlyMap<string, number>
}

export function build(tree: Tree): Walk {
  const builder = new Builder()
  const { parts, entry, exit, steps, completed } = builder.block(tree)
  const process = bpmn.model(
    'p',
    bpmn.start(),
    ...parts,
    bpmn.end(),
    bpmn.flow(`start -> ${entry}`),
    bpmn.flow(`${exit} -> end`),
  )
  const walk: Step[] = [{ start: 'p', variables: builder.variables }, ...steps, { until: 'element p COMPLETED' }]
  return {
    scenario: { models: [process, ...builder.called], steps: walk },
    completes: counted(['start', ...completed, 'end', 'p']),
  }
}

interface Block {
  readonly parts: readonly Part[]
  /** The element at which it is entered, and the one at which it is left. */
  readonly entry: string
  readonly exit: string
  readonly steps: readonly Step[]
  /** Ids of elements, as often as they complete. */
  readonly completed: readonly string[]
}

/** Timers that come due are minutes away, others years. */
const soon = 60_000
const never = 'P10Y'

class Builder {
  readonly variables: Record<string, unknown> = { key: 'k', items: [1, 2] }
  /** The processes that are called. */
  readonly called: string[] = []
  #count = 0

  block(tree: Tree): Block {
    return this.#blocks[tree.kind](tree)
  }

  readonly #blocks: Readonly<Record<Kind, (tree: Tree) => Block>> = {
    task: () => {
      const id = this.#id('task')
      return single(id, bpmn.serviceTask(id), { complete: id, variables: { [`by_${id}`]: id } })
    },
    userTask: () => {
      const id = this.#id('user')
      return single(id, bpmn.userTask(id), { complete: 'io.camunda.zeebe:userTask' })
    },
    pass: () => {
      const id = this.#id('pass')
      return single(id, { inside: bpmn.element('manualTask', id, '', '') })
    },
    script: () => {
      const id = this.#id('script')
      return single(id, bpmn.scriptTask(id, `="of ${id}"`, `by_${id}`))
    },
    link: () => {
      const [from, to] = [this.#id('throw'), this.#id('catch')]
      const parts = [bpmn.linkThrow(from, from), bpmn.linkCatch(to, from)]
      return { parts, entry: from, exit: to, steps: [], completed: [from, to] }
    },
    sequence: ({ children }) => inSequence(children.map((child) => this.block(child))),
    exclusive: ({ children, chosen, happens }) => {
      const [fork, join] = [this.#id('choose'), this.#id('merge')]
      const blocks = children.map((child) => this.block(child))
      this.variables[fork] = chosen
      // The last one is the default flow where the condition of none is true.
      const defaultTo = happens ? blocks.at(-1)!.entry : undefined
      const flows = blocks.map(({ entry }, index) =>
        bpmn.flow(`${fork} -> ${entry}`, entry === defaultTo ? undefined : `=${fork} = ${index}`),
      )
      const parts = [bpmn.exclusive(fork, defaultTo && `${fork}_${defaultTo}`), bpmn.exclusive(join), ...flows]
      return between(fork, join, parts, blocks, [blocks[chosen]!])
    },
    parallel: ({ children }) => {
      const [fork, join] = [this.#id('fork'), this.#id('join')]
      const blocks = children.map((child) => this.block(child))
      const parts = [
        bpmn.parallel(fork),
        bpmn.parallel(join),
        ...blocks.map(({ entry }) => bpmn.flow(`${fork} -> ${entry}`)),
      ]
      return between(fork, join, parts, blocks, blocks)
    },
    inclusive: ({ children, chosen }) => {
      const [fork, join] = [this.#id('some'), this.#id('all')]
      const blocks = children.map((child) => this.block(child))
      this.variables[fork] = chosen
      const flows = blocks.map(({ entry }, index) => bpmn.flow(`${fork} -> ${entry}`, `=${fork} >= ${index}`))
      const parts = [bpmn.inclusive(fork), bpmn.inclusive(join), ...flows]
      return between(fork, join, parts, blocks, blocks.slice(0, chosen + 1))
    },
    subProcess: ({ children }) => {
      const id = this.#id('sub')
      const { part, steps, completed } = this.#scope(id, {}, this.block(children[0]!))
      return { parts: [part], entry: id, exit: id, steps, completed }
    },
    loop: ({ children, strict }) => {
      const id = this.#id('loop')
      const inner = this.block(children[0]!)
      const { part, steps, completed } = this.#scope(id, { multi: { in: '=items', sequential: strict } }, inner)
      return {
        parts: [part],
        entry: id,
        exit: id,
        steps: [...steps, ...steps],
        completed: [...completed, ...completed, `${id}:all`],
      }
    },
    call: ({ children, strict }) => {
      const [id, process] = [this.#id('call'), this.#id('child')]
      const inner = this.block(children[0]!)
      const [begin, end] = [`${process}_in`, `${process}_out`]
      const ways = bpmn.flow(`${begin} -> ${inner.entry}`)
      const out = bpmn.flow(`${inner.exit} -> ${end}`)
      this.called.push(bpmn.model(process, bpmn.start(begin), ...inner.parts, bpmn.end(end), ways, out))
      const part = bpmn.callActivity(id, process, { propagateAllChildVariables: strict })
      return { ...single(id, part, ...inner.steps), completed: [begin, ...inner.completed, end, process, id] }
    },
    messageCatch: () => {
      const id = this.#id('hear')
      return single(id, bpmn.messageCatch(id, id, '=key'), ...this.#tell(id))
    },
    receiveTask: () => {
      const id = this.#id('get')
      return single(id, bpmn.receiveTask(id, id, '=key'), ...this.#tell(id))
    },
    timerCatch: () => {
      const id = this.#id('wait')
      return single(id, bpmn.timerCatch(id, { duration: 'PT1M' }), ...this.#wait(id))
    },
    signalCatch: () => {
      const id = this.#id('listen')
      return single(id, bpmn.signalCatch(id, id), { until: `listening ${id} CREATED` }, { signal: id })
    },
    compensation: ({ happens }) => {
      const [task, undo, thrown] = [this.#id('task'), this.#id('undo'), this.#id('compensate')]
      // Or nothing is thrown, and the handler is not entered.
      const last = happens
        ? bpmn.compensationThrow(thrown, task)
        : { inside: bpmn.element('manualTask', thrown, '', '') }
      const parts = [
        bpmn.serviceTask(task),
        bpmn.compensationBoundary(`on_${task}`, task, undo),
        bpmn.compensating(bpmn.serviceTask(undo)),
        last,
        bpmn.flow(`${task} -> ${thrown}`),
      ]
      const steps: Step[] = [{ complete: task }, ...(happens ? [{ complete: undo }] : [])]
      return {
        parts,
        entry: task,
        exit: thrown,
        steps,
        completed: [task, ...(happens ? [undo, `on_${task}`] : []), thrown],
      }
    },
    eventBased: ({ children, happens }) => {
      const [gate, join, hear, wait] = [this.#id('first'), this.#id('merge'), this.#id('hear'), this.#id('wait')]
      const [heard, waited] = children.map((child) => this.block(child)) as [Block, Block]
      const parts = [
        bpmn.eventBased(gate),
        bpmn.exclusive(join),
        bpmn.messageCatch(hear, hear, '=key'),
        bpmn.timerCatch(wait, { duration: happens ? never : 'PT1M' }),
        bpmn.flow(`${gate} -> ${hear} -> ${heard.entry}`),
        bpmn.flow(`${gate} -> ${wait} -> ${waited.entry}`),
      ]
      const taken = happens ? heard : waited
      const first = happens ? this.#tell(hear) : this.#wait(wait)
      const { steps, completed, ...block } = between(gate, join, parts, [heard, waited], [taken])
      return { ...block, steps: [...first, ...steps], completed: [...completed, happens ? hear : wait] }
    },
    errorBoundary: (tree) => {
      const [task, event] = [this.#id('task'), this.#id('error')]
      const code = tree.strict ? 'bad' : undefined
      const boundary = bpmn.errorBoundary(event, task, code)
      const done: Step[] = tree.happens ? [{ throw: task, code: 'bad', message: 'no' }] : [{ complete: task }]
      return this.#guarded(task, event, boundary, tree, done, true)
    },
    timerBoundary: (tree) => {
      const [task, event] = [this.#id('task'), this.#id('late')]
      const timer = { duration: tree.happens ? 'PT1M' : never }
      const boundary = bpmn.timerBoundary(event, task, timer, { interrupting: tree.strict })
      return this.#guarded(task, event, boundary, tree, this.#happening(tree, task, this.#wait(event)), tree.strict)
    },
    messageBoundary: (tree) => {
      const [task, event] = [this.#id('task'), this.#id('stop')]
      const boundary = bpmn.messageBoundary(event, task, event, '=key', { interrupting: tree.strict })
      return this.#guarded(task, event, boundary, tree, this.#happening(tree, task, this.#tell(event)), tree.strict)
    },
    escalationBoundary: ({ children, happens, strict }) => {
      const [sub, event, join, thrown] = [
        this.#id('sub'),
        this.#id('escalated'),
        this.#id('merge'),
        this.#id('escalate'),
      ]
      const alternative = this.block(children[0]!)
      const after = this.block(leaf('task'))
      const inner = inSequence([single(thrown, bpmn.escalationThrow(thrown, happens ? 'up' : 'other')), after])
      const { part, completed } = this.#scope(sub, {}, inner)
      const ends = happens && strict
      const parts = [
        part,
        bpmn.escalationBoundary(event, sub, 'up', { interrupting: strict }),
        bpmn.exclusive(join),
        ...alternative.parts,
        ...this.#ways(sub, event, join, alternative, strict),
      ]
      const own = ends ? [`${sub}_in`] : completed
      // An interrupting escalation ends its throw event before that completes.
      const took = happens ? [event, ...alternative.completed, ...(strict ? [] : [`${event}_out`])] : []
      const steps = [...(ends ? [] : after.steps), ...(happens ? alternative.steps : [])]
      return { parts, entry: sub, exit: join, steps, completed: [...own, ...took, join] }
    },
    messageEventSubProcess: ({ children, happens, strict }) => {
      const [sub, begun, event] = [this.#id('sub'), this.#id('begun'), this.#id('begin')]
      const handler = this.block(children[0]!)
      const working = this.block(leaf('task'))
      const inside = bpmn.eventSubProcess(
        begun,
        {},
        bpmn.messageBegin(event, event, '=key', { interrupting: strict }),
        ...handler.parts,
        bpmn.end(`${begun}_out`),
        bpmn.flow(`${event} -> ${handler.entry}`),
        bpmn.flow(`${handler.exit} -> ${begun}_out`),
      )
      const { part, completed } = this.#scope(sub, {}, working, inside)
      const ends = happens && strict
      const took = happens ? [event, ...handler.completed, `${begun}_out`, begun] : []
      const steps = [...(happens ? [...this.#tell(event), ...handler.steps] : []), ...(ends ? [] : working.steps)]
      return {
        parts: [part],
        entry: sub,
        exit: sub,
        steps,
        completed: [...(ends ? [`${sub}_in`, sub] : completed), ...took],
      }
    },
  }

  #id(name: string): string {
    this.#count += 1
    return `${name}${this.#count}`
  }

  /** A subprocess around a block. */
  #scope(
    id: string,
    options: bpmn.Activity,
    inner: Block,
    ...more: Part[]
  ): { part: Part; steps: readonly Step[]; completed: string[] } {
    const part = bpmn.subProcess(
      id,
      options,
      bpmn.start(`${id}_in`),
      ...inner.parts,
      bpmn.end(`${id}_out`),
      bpmn.flow(`${id}_in -> ${inner.entry}`),
      bpmn.flow(`${inner.exit} -> ${id}_out`),
      ...more,
    )
    return { part, steps: inner.steps, completed: [`${id}_in`, ...inner.completed, `${id}_out`, id] }
  }

  /** A task with a boundary event, whose way meets the task's own where it ended the task, and ends for itself where it did not. */
  #guarded(
    task: string,
    event: string,
    boundary: Part,
    { children, happens }: Tree,
    done: readonly Step[],
    strict: boolean,
  ): Block {
    const join = this.#id('merge')
    const alternative = this.block(children[0]!)
    const parts = [
      bpmn.serviceTask(task),
      boundary,
      bpmn.exclusive(join),
      ...alternative.parts,
      ...this.#ways(task, event, join, alternative, strict),
    ]
    const took = happens ? [event, ...alternative.completed, ...(strict ? [] : [`${event}_out`])] : []
    const steps = [...done, ...(happens ? alternative.steps : [])]
    return { parts, entry: task, exit: join, steps, completed: [...(happens && strict ? [] : [task]), ...took, join] }
  }

  #ways(host: string, event: string, join: string, alternative: Block, strict: boolean): Part[] {
    const last = strict ? join : `${event}_out`
    return [
      bpmn.flow(`${host} -> ${join}`),
      bpmn.flow(`${event} -> ${alternative.entry}`),
      bpmn.flow(`${alternative.exit} -> ${last}`),
      ...(strict ? [] : [bpmn.end(`${event}_out`)]),
    ]
  }

  /** The boundary event's step, and the task's where it is not ended. */
  #happening({ happens, strict }: Tree, task: string, event: readonly Step[]): Step[] {
    return [...(happens ? event : []), ...(happens && strict ? [] : [{ complete: task }])]
  }

  #tell(name: string): Step[] {
    return [{ until: `subscription ${name} CREATED` }, { publish: name, key: 'k', variables: { [`by_${name}`]: true } }]
  }

  #wait(id: string): Step[] {
    return [{ until: `timer ${id} CREATED` }, { clock: soon }, { until: `timer ${id} TRIGGERED` }]
  }
}

function leaf(kind: Kind): Tree {
  return { kind, children: [], chosen: 0, happens: false, strict: false }
}

function single(id: string, part: Part, ...steps: Step[]): Block {
  return { parts: [part], entry: id, exit: id, steps, completed: [id] }
}

function inSequence(blocks: readonly Block[]): Block {
  const flows = blocks.slice(1).map((block, index) => bpmn.flow(`${blocks[index]!.exit} -> ${block.entry}`))
  return {
    parts: [...blocks.flatMap(({ parts }) => parts), ...flows],
    entry: blocks[0]!.entry,
    exit: blocks.at(-1)!.exit,
    steps: blocks.flatMap(({ steps }) => steps),
    completed: blocks.flatMap(({ completed }) => completed),
  }
}

/** Blocks between two gateways; `taken` are gone through. */
function between(
  fork: string,
  join: string,
  parts: readonly Part[],
  blocks: readonly Block[],
  taken: readonly Block[],
): Block {
  return {
    parts: [
      ...parts,
      ...blocks.flatMap((block) => block.parts),
      ...blocks.map(({ exit }) => bpmn.flow(`${exit} -> ${join}`)),
    ],
    entry: fork,
    exit: join,
    steps: taken.flatMap(({ steps }) => steps),
    completed: [fork, ...taken.flatMap(({ completed }) => completed), join],
  }
}

function counted(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}
