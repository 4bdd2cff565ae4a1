import type { SourceChange } from '../planted/plant.ts'

/** A bug that breaks one rule of the engine, and the scenarios among which it has to show. */
export interface PlantedRule extends SourceChange {
  readonly rule: string
  /** Words of the scenarios' titles, or a file of tests. */
  readonly shownBy: string
}

function plant(rule: string, shownBy: string, file: string, text: string, by: string): PlantedRule {
  return { rule, shownBy, file: file.startsWith('src/') ? file : `src/engine/${file}`, changes: [[text, by]] }
}

/** Each breaks a single rule; `npm run conformance -- --planted` shows that scenarios find every one of them. */
export const planted: readonly PlantedRule[] = [
  // Expressions
  plant(
    'what a pattern tries counts as steps',
    'script task',
    'src/feel/patterns/matcher.ts',
    'this.#budget.spend(this.#steps / stepsOfFeel)',
    '',
  ),
  plant(
    'what a pattern took possessively it does not give back',
    'script task',
    'src/feel/patterns/program.ts',
    "if (how === 'possessive')",
    "if (how === 'possessive' && least > 1)",
  ),
  // Tokens and gateways
  plant(
    'a parallel gateway waits for all its flows',
    'parallel gateway',
    'joins.ts',
    'if (arrived.length >= element.incoming.length)',
    'if (arrived.length >= 1)',
  ),
  plant(
    'an early token at a join is a refused activation',
    'parallel gateway',
    'lifecycle/lifecycle.ts',
    "note(run, { type: 'ACTIVATION_REFUSED', element: instance, reason: arrival.refused })",
    '',
  ),
  plant(
    'an exclusive gateway takes one flow',
    'exclusive gateway',
    'elements/exclusiveGateway.ts',
    "chooseFlows(run, instance, element, 'first')",
    "chooseFlows(run, instance, element, 'all')",
  ),
  plant(
    'an inclusive gateway takes all flows that are true',
    'inclusive gateway',
    'elements/inclusiveGateway.ts',
    "chooseFlows(run, instance, element, 'all')",
    "chooseFlows(run, instance, element, 'first')",
  ),
  plant(
    'a token goes on by every flow',
    'service task',
    'lifecycle/leaving.ts',
    'else if (goesOn) for (const flowId of flowIds) takeFlow(run, instance, flowId)',
    'else if (goesOn) takeFlow(run, instance, flowIds[0]!)',
  ),
  plant(
    'a scope ends when nothing runs in it and no token is on its way',
    'parallel gateway',
    'lifecycle/openScopes.ts',
    "return run.state.elements.count('byScope', scope.key) === 0 && scope.activeFlows === 0",
    "return run.state.elements.count('byScope', scope.key) <= 1 && scope.activeFlows === 0",
  ),
  plant(
    'an event-based gateway closes what did not happen',
    'event-based gateway',
    'elements/eventBasedGateway.ts',
    'complete(run, instance) {\n    unsubscribe(run, instance)\n  }',
    'complete() {}',
  ),
  plant(
    'an event-based gateway goes on at the event that happened',
    'event-based gateway',
    'waiting/catchers.ts',
    'return element.outgoing.flatMap((id) => ownCatcher(elements.get(flows.get(id)!.targetId)!))',
    'return element.outgoing.slice(0, 1).flatMap((id) => ownCatcher(elements.get(flows.get(id)!.targetId)!))',
  ),
  plant(
    'a link leads to the catch event of its name',
    'link events',
    'lifecycle/leaving.ts',
    'if (linked !== undefined) followLink(run, instance, linked)',
    'if (linked !== undefined && linked === instance.elementId) followLink(run, instance, linked)',
  ),

  // Variables
  plant(
    'input mappings are applied',
    'variables',
    'variables/mappings.ts',
    'if (element.inputs.length > 0) setLocal',
    'if (element.inputs.length > 1) setLocal',
  ),
  plant(
    "a later mapping sees an earlier one's target",
    'variables',
    'variables/mappings.ts',
    '(results.has(name) ? results.get(name) : outer.get(name))',
    'outer.get(name)',
  ),
  plant(
    'a nested target goes into what the variable holds',
    'variables',
    'variables/mappings.ts',
    'const held = merging ? contextOf(holds(name)) : {}',
    'const held = {}',
  ),
  plant(
    'with output mappings only what they name goes up',
    'variables',
    'variables/mappings.ts',
    '  setLocal(run, instance.key, brought)\n',
    '  propagate(run, instance.key, brought)\n',
  ),
  plant(
    'without output mappings everything goes up',
    'variables',
    'variables/mappings.ts',
    '    propagate(run, instance.key, brought)\n    return',
    '    setLocal(run, instance.key, brought)\n    return',
  ),
  plant(
    'a variable goes to the nearest scope that has it',
    'variables',
    'variables/variables.ts',
    'for (const [name, value] of there) setIn(run, key, name, value)',
    'for (const [name, value] of there) setIn(run, scopeKey, name, value)',
  ),
  plant(
    'a variable that nobody has goes to the process instance',
    'variables',
    'variables/variables.ts',
    'for (const [name, value] of left) setIn(run, last, name, value)',
    'for (const [name, value] of left) setIn(run, scopeKey, name, value)',
  ),
  plant(
    'a variable that keeps its value makes no record',
    'variables',
    'variables/variables.ts',
    'if (known && isDeepStrictEqual(values[name], value)) return',
    '',
  ),
  plant(
    'a job shows the variables around it',
    'service task',
    'variables/variables.ts',
    'if (!seen.has(name) && (wanted === undefined || wanted.has(name))) seen.set(name, value)',
    'if (wanted === undefined || wanted.has(name)) seen.set(name, value)',
  ),
  plant(
    'what is set locally stays there',
    'variables',
    'commands/setVariables.ts',
    'if (local) setLocal',
    'if (!local) setLocal',
  ),

  // Jobs
  plant(
    'a job that timed out can be taken again',
    'service task',
    'commands/tick.ts',
    "type: state === 'FAILED' ? 'JOB_RECURRED_AFTER_BACKOFF' : 'JOB_TIMED_OUT'",
    "type: 'JOB_RECURRED_AFTER_BACKOFF'",
  ),
  plant(
    'a back-off delays the next try',
    'service task',
    'commands/failJob.ts',
    'retries > 0 && retryBackOff > 0 ? run.now + retryBackOff : undefined',
    'retries > 0 && retryBackOff > 0 ? run.now : undefined',
  ),
  plant(
    'without retries a failed job is an incident',
    'service task',
    'commands/failJob.ts',
    '  if (retries > 0) {\n',
    '  if (retries >= 0) {\n',
  ),
  plant(
    'variables of a failed job are local',
    'service task',
    'commands/failJob.ts',
    '  setLocal(run, job.elementInstanceKey, variables)\n',
    '',
  ),
  plant(
    'an incident of a job without retries is not resolved',
    'service task',
    'commands/resolveIncident.ts',
    'if (job === undefined || job.retries > 0) return',
    'if (job === undefined || job.retries >= 0) return',
  ),
  plant(
    'retries are above zero',
    'service task',
    'commands/updateJobRetries.ts',
    'if (retries < 1)',
    'if (retries < 0)',
  ),
  plant(
    'a job goes with its task',
    'service task',
    'jobs/jobs.ts',
    "for (const job of run.state.jobs.in('byElement', key)) emit(run, { type: 'JOB_CANCELED', key: job.key })",
    '',
  ),

  // Messages
  plant(
    'a message correlates once a process',
    'message',
    'waiting/correlation.ts',
    'if (taken.has(subscription.bpmnProcessId)) continue\n',
    '',
  ),
  plant(
    'a message that had correlated is not correlated again',
    'message',
    'waiting/correlation.ts',
    'return message.deadline > run.now && !message.correlatedTo.includes(bpmnProcessId)',
    'return message.deadline > run.now',
  ),
  plant(
    'a message without a time to live is not kept',
    'message',
    'commands/publishMessage.ts',
    "if (timeToLive <= 0) emit(run, { type: 'MESSAGE_EXPIRED', key })",
    '',
  ),
  plant(
    'the same message id is refused',
    'message',
    'commands/publishMessage.ts',
    "if (messageId === '') return false",
    "if (messageId !== '') return false",
  ),
  plant(
    'one instance a key is active',
    'message start event',
    'waiting/correlation.ts',
    "return correlationKey !== '' &&",
    "return correlationKey === '' &&",
  ),
  plant(
    'a kept message starts the next instance',
    'message start event',
    'waiting/correlation.ts',
    'if (next !== undefined) startByMessage(run, next.start, next.message)',
    'if (next === undefined) startByMessage(run, next!.start, next!.message)',
  ),
  plant(
    "a boundary event's subscription closes with its task",
    'timer boundary event',
    'waiting/unsubscribe.ts',
    "emit(run, { type: 'TIMER_CANCELED', key: timer.key })",
    'continue',
  ),
  plant(
    'a correlation key may be a number',
    'message',
    'variables/expressions.ts',
    "if (evaluation.type === 'NUMBER')",
    "if (evaluation.type === 'BOOLEAN')",
  ),

  // Timers
  plant(
    'a cycle repeats as often as it says',
    'timer boundary event',
    'waiting/timers.ts',
    'timer.repetitions < 0 ? -1 : timer.repetitions - 1',
    'timer.repetitions',
  ),
  plant(
    'a timer repeats only where it does not interrupt',
    'timer boundary event',
    'commands/tick.ts',
    'if (!catcher.interrupting) scheduleNext(run, timer)',
    '',
  ),
  plant(
    'a start timer begins an instance each time',
    'timer start event',
    'commands/tick.ts',
    'scheduleNext(run, { ...timer, processInstanceKey })',
    '',
  ),
  plant(
    'months are those of the calendar',
    'timer catch event',
    'waiting/timers.ts',
    'plus(Duration.fromISO(duration.toUpperCase())).toMillis()',
    "plus({ milliseconds: Duration.fromISO(duration.toUpperCase()).as('milliseconds') }).toMillis()",
  ),

  // Errors, escalations, compensation
  plant(
    'the event with the code comes before the one without',
    'error and terminate',
    'bpmnErrors.ts',
    '.sort((a, b) => (a.code < b.code ? 1 : a.code > b.code ? -1 : 0))',
    '.sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))',
  ),
  plant(
    'an error is caught by its code',
    'error and terminate',
    'bpmnErrors.ts',
    "code === errorCode || code === ''",
    "code !== '' || code === errorCode",
  ),
  plant(
    'variables of an error stay local',
    'error and terminate',
    'elements/boundaryEvent.ts',
    "element.event.type !== 'error'",
    "element.event.type !== 'timer'",
  ),
  plant(
    'a terminate end event ends its scope',
    'error and terminate',
    'definitions/terminate.ts',
    'terminateChildren(run, instance.scopeKey)',
    '',
  ),
  plant(
    'an interrupting escalation keeps its throw event from going on',
    'escalation',
    'escalations.ts',
    'return found === undefined || !found.catcher.interrupting',
    'return true',
  ),
  plant(
    'a compensation event waits for its handlers',
    'compensation',
    'definitions/compensation.ts',
    'if (!compensate(run, instance, activityId)) queueCompletion(run, instance)',
    'compensate(run, instance, activityId)\n    queueCompletion(run, instance)',
  ),

  // Scopes
  plant(
    'an interrupting event subprocess ends what runs',
    'event subprocess',
    'lifecycle/triggering.ts',
    'else if (!interrupting || interruptScope(run, host) === 0)',
    'else if (!interrupting || interruptScope(run, host) >= 0)',
  ),
  plant(
    'after one event subprocess no other begins',
    'event subprocess',
    'lifecycle/triggering.ts',
    '  unsubscribe(run, scope, (elementId) => starts.has(elementId))\n',
    '',
  ),
  plant(
    'a non-interrupting boundary event leaves its task',
    'timer boundary event',
    'lifecycle/triggering.ts',
    "if (place === 'boundary' && !interrupting) activateEvent(run, host, event)",
    "if (place === 'boundary' && interrupting) activateEvent(run, host, event)",
  ),
  plant(
    'what is in a scope ends before it',
    'subprocess',
    'lifecycle/terminating.ts',
    'if (terminateChildren(run, key) + terminateCalled(run, key) === 0) endTermination(run, current(run, instance))',
    'terminateChildren(run, key)\n  terminateCalled(run, key)\n  endTermination(run, current(run, instance))',
  ),
  plant(
    'a called process ends with its caller',
    'call activity',
    'lifecycle/terminating.ts',
    "  for (const child of called) queue(run, { type: 'terminate', key: child.key })\n",
    '',
  ),

  // Multi-instance
  plant(
    'a sequential loop runs one after the other',
    'multi-instance',
    'elements/multiInstanceBody.ts',
    'loop.sequential ? 1 : items.length)',
    'items.length)',
  ),
  plant(
    "an output has its item's place",
    'multi-instance',
    'elements/multiInstanceBody.ts',
    'collected.with(index, value)',
    'collected.with(0, value)',
  ),
  plant(
    'a completion condition ends the rest',
    'multi-instance',
    'elements/multiInstanceBody.ts',
    "if (verdict === 'satisfied') terminateChildren(run, scope.key)",
    '',
  ),
  plant(
    "boundary events are the body's",
    'multi-instance',
    'waiting/catchers.ts',
    '...(isInner(run, instance) ? [] : boundaryEvents(run, instance, element))',
    '...boundaryEvents(run, instance, element)',
  ),
  plant(
    'only the output collection leaves the loop',
    'multi-instance',
    'elements/multiInstanceBody.ts',
    'propagate(run, instance.scopeKey, { [output]: values[output] })',
    'propagate(run, instance.scopeKey, {})',
  ),

  // Calls and deployments
  plant(
    'a child gets all variables',
    'call activity',
    'elements/callActivity.ts',
    'propagateAllParentVariables: called?.propagateAllParentVariables !== false',
    'propagateAllParentVariables: false',
  ),
  plant(
    'the latest version is called',
    'call activity',
    'elements/callActivity.ts',
    'const latest = versions.at(-1)',
    'const latest = versions.at(0)',
  ),

  // Instances that clients begin, change and carry over
  plant(
    'output mappings of a call see what its process leaves, whatever is propagated',
    'call activity',
    'callers.ts',
    'if (outputs.length === 0 && !propagateAllChildVariables) return undefined',
    'if (!propagateAllChildVariables) return undefined',
  ),
  plant(
    'what a process throws crosses the border of its call',
    'call activity',
    'callers.ts',
    'from !== undefined; from = activeCallerOf(run, from)',
    'from !== undefined; from = undefined',
  ),
  plant(
    'a signal’s input mappings are applied before its listeners’ jobs',
    'execution listeners',
    'definitions/signal.ts',
    '  enter: applyInputs,\n  activate(run, instance, _element, definition) {\n',
    '  activate(run, instance, element, definition) {\n    applyInputs(run, instance, element)\n',
  ),
  plant(
    'an intermediate event that throws a message maps its inputs after its listeners’ jobs',
    'execution listeners',
    'elements/serviceTask.ts',
    "return type === 'INTERMEDIATE_THROW_EVENT'",
    'return false && type',
  ),
  plant(
    'processes call one another a thousand deep',
    'call activity',
    'elements/callActivity.ts',
    'if (depth < greatestDepth) return',
    'if (depth < 2 * greatestDepth) return',
  ),
  plant(
    'a called process ends with its call',
    'call activity',
    'lifecycle/terminating.ts',
    "for (const child of called) queue(run, { type: 'terminate', key: child.key })",
    '',
  ),
  plant(
    'what is bound to a deployment has to be in it',
    'call activity',
    'commands/deployResource.ts',
    'if (problems.length === 0) problems.push(',
    'if (problems.length > 1e9) problems.push(',
  ),
  plant(
    'a scope that is opened for an element opens what it waits for',
    'start instructions',
    'activation.ts',
    '  subscribeOrRefuse(run, placing, element, scope)\n  return key',
    '  return key',
  ),
  plant(
    'elements that begin together share their scope',
    'start instructions',
    'activation.ts',
    'if (only === undefined) return undefined',
    'return undefined',
  ),
  plant(
    'a scope that a modification leaves empty ends',
    'modification',
    'commands/modifyProcessInstance.ts',
    'isEmpty(run, scope) && !needed.has(scope.key)',
    'false',
  ),
  plant(
    'a scope that something is put into does not end',
    'modification',
    'commands/modifyProcessInstance.ts',
    'isEmpty(run, scope) && !needed.has(scope.key)',
    'isEmpty(run, scope)',
  ),
  plant(
    'a scope that an event has ended takes elements up again',
    'modification',
    'state/evolve.ts',
    'state.elements.put({ ...scope, interrupted: undefined, interruptedBy: undefined })',
    '',
  ),
  plant(
    'an event that is mapped stays open when its instance is migrated',
    'migration',
    'migration/catchEvents.ts',
    'unsubscribe(run, instance, (elementId) => !mapping.has(elementId))',
    'unsubscribe(run, instance)',
  ),
  plant(
    'what can be compensated goes with its activity when its instance is migrated',
    'migration',
    'commands/migrateProcessInstance.ts',
    '  migrateCompensations(run, migration)\n',
    '',
  ),
  plant(
    'a job goes with its element when that is migrated',
    'migration',
    'commands/migrateProcessInstance.ts',
    "emit(run, { type: 'JOB_MIGRATED', key: job.key, job: { ...job, ...owner } })",
    '',
  ),
  plant(
    'an element becomes one of its own type',
    'migration',
    'migration/checks.ts',
    'if (targetType !== elementType) {',
    "if (targetType === '') {",
  ),
]
