import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { EngineEvent } from '../event.ts'
import type { Key } from '../key.ts'
import type { Meter } from '../meter.ts'
import { eventTypeOf } from '../records/eventType.ts'
import type { ElementInstance } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { partition } from './partition.ts'
import { StartTimes } from './startTimes.ts'
import { Tally } from './tally.ts'

/** The engine's numbers under Zeebe's names, where Zeebe has them, so that dashboards for Zeebe show them. */
export class PrometheusMeter implements Meter {
  readonly registry = new Registry()
  readonly #elements = new Tally(['action', 'type', 'eventType'])
  readonly #instances = new Tally(['type', 'action'])
  readonly #creations = new Tally(['creation_mode'])
  readonly #jobs = new Tally(['action', 'type'])
  readonly #incidents = new Tally(['action'])
  readonly #decisions = new Tally(['action'])
  readonly #records = new Tally(['action'])
  readonly #started = new StartTimes()
  readonly #jobsCreated = new StartTimes()
  readonly #batchSeconds: Histogram
  readonly #batchCommands: Histogram
  readonly #instanceSeconds: Histogram<'partition'>
  readonly #jobLifeSeconds: Histogram<'partition'>
  readonly #jobActivationSeconds: Histogram<'partition'>
  readonly #callsStarted: Counter
  readonly #callsHandled: Counter
  readonly #callSeconds: Histogram

  constructor() {
    collectDefaultMetrics({ register: this.registry })
    this.#counter('executed_instances_total', 'Number of executed (root) process instances', this.#instances, {
      organizationId: 'null',
    })
    this.#counter('element_instance_events_total', 'Number of process element instance events', this.#elements)
    this.#counter('process_instance_creations_total', 'Number of created (root) process instances', this.#creations)
    this.#counter('job_events_total', 'Number of job events', this.#jobs)
    this.#counter('incident_events_total', 'Number of incident events', this.#incidents)
    this.#counter('evaluated_dmn_elements_total', 'Number of evaluated decisions', this.#decisions, {
      organizationId: 'null',
    })
    this.#counter('stream_processor_records_total', 'Number of commands processed and events written', this.#records)
    const name = 'stream_processor_batch_processing'
    this.#batchSeconds = this.#histogram(`${name}_duration`, 'From decided to durable (in seconds)', durations)
    this.#batchCommands = this.#histogram(`${name}_commands`, 'Commands that became durable together', sizes)
    this.#instanceSeconds = this.#histogram('process_instance_execution_time', 'From created to ended', lifeTimes)
    this.#jobLifeSeconds = this.#histogram('job_life_time', 'From created to completed', lifeTimes)
    this.#jobActivationSeconds = this.#histogram('job_activation_time', 'From created to activated', lifeTimes)
    const registers = [this.registry]
    const call = ['grpc_type', 'grpc_service', 'grpc_method']
    this.#callsStarted = new Counter({
      name: 'grpc_server_started_total',
      help: 'Calls that began',
      labelNames: call,
      registers,
    })
    this.#callsHandled = new Counter({
      name: 'grpc_server_handled_total',
      help: 'Calls that were answered',
      labelNames: [...call, 'code', 'grpc_code'],
      registers,
    })
    this.#callSeconds = new Histogram({
      name: 'grpc_server_handled_latency_seconds',
      help: 'From a call to its answer',
      labelNames: call,
      buckets: durations,
      registers,
    })
  }

  happened(event: EngineEvent, state: State, now: number): void {
    this.#records.add('written')
    switch (event.type) {
      case 'PROCESS_INSTANCE_CREATED':
        this.#creations.add('creation_at_default_start_event')
        return
      case 'ELEMENT_ACTIVATED':
        this.#lived('activated', state.elements.get(event.key)!, state, now)
        return
      case 'ELEMENT_COMPLETED':
        this.#lived('completed', state.elements.get(event.key)!, state, now)
        return
      case 'ELEMENT_TERMINATED':
        this.#lived('terminated', state.elements.get(event.key)!, state, now)
        return
      case 'JOB_CREATED':
        this.#jobsCreated.begin(event.key, now)
        this.#jobs.add('created', event.job.type)
        return
      case 'JOB_ACTIVATED':
        this.#job('activated', event.key, state)
        this.#jobsCreated.observe(event.key, now, this.#jobActivationSeconds)
        return
      case 'JOB_COMPLETED':
        this.#job('completed', event.key, state)
        this.#jobsCreated.end(event.key, now, this.#jobLifeSeconds)
        return
      case 'JOB_CANCELED':
        this.#job('canceled', event.key, state)
        this.#jobsCreated.end(event.key, now, this.#jobLifeSeconds)
        return
      case 'JOB_FAILED':
        this.#job('failed', event.key, state)
        return
      case 'JOB_TIMED_OUT':
        this.#job('timed out', event.key, state)
        return
      case 'JOB_ERROR_THROWN':
        this.#job('error thrown', event.key, state)
        return
      case 'DECISION_EVALUATED':
        this.#decisions.add('evaluated_successfully', '', '', event.evaluation.evaluated.length)
        return
      case 'DECISION_EVALUATION_FAILED':
        this.#decisions.add('evaluated_failed', '', '', event.evaluation.evaluated.length)
        return
      case 'INCIDENT_CREATED':
        this.#incidents.add('created')
        return
      case 'INCIDENT_RESOLVED':
        this.#incidents.add('resolved')
        return
    }
  }

  deciding(): (commands: number) => void {
    const durable = this.#batchSeconds.startTimer({ partition })
    return (commands) => {
      durable()
      this.#records.add('processed', '', '', commands)
      this.#batchCommands.observe({ partition }, commands)
    }
  }

  called({ service, method, type }: Parameters<Meter['called']>[0]): (code: string) => void {
    const labels = { grpc_type: type, grpc_service: service, grpc_method: method }
    this.#callsStarted.inc(labels)
    const ended = this.#callSeconds.startTimer(labels)
    return (code) => {
      ended()
      this.#callsHandled.inc({ ...labels, code, grpc_code: code })
    }
  }

  /** A number that is asked for when it is read. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name: `zeebe_${name}`,
      help,
      labelNames: ['partition'],
      registers: [this.registry],
      collect: () => gauge.set({ partition }, read()),
    })
  }

  /** The same, one a key. */
  gauges(name: string, help: string, label: string, read: () => ReadonlyMap<string, number>): void {
    const gauge: Gauge = new Gauge({
      name: `zeebe_${name}`,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        gauge.reset()
        for (const [key, value] of read()) gauge.set({ [label]: key }, value)
      },
    })
  }

  #lived(action: string, element: ElementInstance, state: State, now: number): void {
    this.#elements.add(action, element.elementType, eventTypeOf(element, state))
    if (element.elementType !== 'PROCESS' || element.parentProcessInstanceKey !== undefined) return
    this.#instances.add('ROOT_PROCESS_INSTANCE', action)
    if (action === 'activated') this.#started.begin(element.key, now)
    else this.#started.end(element.key, now, this.#instanceSeconds)
  }

  #job(action: string, key: Key, state: State): void {
    this.#jobs.add(action, state.jobs.get(key)!.type)
  }

  #counter(name: string, help: string, tally: Tally, more: Record<string, string> = {}): void {
    const counter: Counter = new Counter({
      name: `zeebe_${name}`,
      help,
      labelNames: [...tally.labels, ...Object.keys(more), 'partition'],
      registers: [this.registry],
      collect() {
        counter.reset()
        for (const [labels, count] of tally.counts()) counter.inc({ ...labels, ...more, partition }, count)
      },
    })
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram<'partition'> {
    const labelNames = ['partition'] as const
    return new Histogram({ name: `zeebe_${name}`, help, labelNames, buckets, registers: [this.registry] })
  }
}

const durations = [0.0001, 0.001, 0.01, 0.1, 0.25, 0.5, 1, 2]
const sizes = [1, 2, 4, 8, 16, 32, 64, 128]
const lifeTimes = [0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 15, 30, 45, 60]
