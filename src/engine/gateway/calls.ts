import { activateJobs } from './calls/activateJobs.ts'
import { broadcastSignal } from './calls/broadcastSignal.ts'
import { cancelProcessInstance } from './calls/cancelProcessInstance.ts'
import { completeJob } from './calls/completeJob.ts'
import { createProcessInstance } from './calls/createProcessInstance.ts'
import { createProcessInstanceWithResult } from './calls/createProcessInstanceWithResult.ts'
import { deleteResource } from './calls/deleteResource.ts'
import { deployProcess } from './calls/deployProcess.ts'
import { deployResource } from './calls/deployResource.ts'
import { describe } from './calls/describe.ts'
import { evaluateDecision } from './calls/evaluateDecision.ts'
import { failJob } from './calls/failJob.ts'
import { checkHealth, watchHealth } from './calls/health.ts'
import { listIncidents } from './calls/listIncidents.ts'
import { migrateProcessInstance } from './calls/migrateProcessInstance.ts'
import { modifyProcessInstance } from './calls/modifyProcessInstance.ts'
import { publishMessage } from './calls/publishMessage.ts'
import { resolveIncident } from './calls/resolveIncident.ts'
import { setVariables } from './calls/setVariables.ts'
import { streamActivatedJobs } from './calls/streamActivatedJobs.ts'
import { throwError } from './calls/throwError.ts'
import { topology } from './calls/topology.ts'
import { updateJobRetries } from './calls/updateJobRetries.ts'
import { updateJobTimeout } from './calls/updateJobTimeout.ts'
import type { StreamingCall, UnaryCall } from './context.ts'

/** Calls by the protocol's names. What a request has and what its reply is, gRPC's descriptions say. */
type UnaryCalls = Readonly<Record<string, UnaryCall<never, object>>>
type StreamingCalls = Readonly<Record<string, StreamingCall<never, object>>>

/** The calls of the gateway protocol that the engine serves. */
export const unaryCalls: UnaryCalls = {
  Topology: topology,
  DeployResource: deployResource,
  DeployProcess: deployProcess,
  DeleteResource: deleteResource,
  CreateProcessInstance: createProcessInstance,
  CreateProcessInstanceWithResult: createProcessInstanceWithResult,
  CancelProcessInstance: cancelProcessInstance,
  ModifyProcessInstance: modifyProcessInstance,
  MigrateProcessInstance: migrateProcessInstance,
  SetVariables: setVariables,
  CompleteJob: completeJob,
  FailJob: failJob,
  ThrowError: throwError,
  UpdateJobRetries: updateJobRetries,
  UpdateJobTimeout: updateJobTimeout,
  PublishMessage: publishMessage,
  BroadcastSignal: broadcastSignal,
  ResolveIncident: resolveIncident,
  EvaluateDecision: evaluateDecision,
}

export const streamingCalls: StreamingCalls = {
  ActivateJobs: activateJobs,
  StreamActivatedJobs: streamActivatedJobs,
}

/** The calls of our own service `commitbase.Operator`. */
export const operatorCalls: UnaryCalls = {
  Describe: describe,
  ListIncidents: listIncidents,
}

/** The calls of gRPC's health protocol. */
export const healthCalls: UnaryCalls = { Check: checkHealth }
export const watchingCalls: StreamingCalls = { Watch: watchHealth }
