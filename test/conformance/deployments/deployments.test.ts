import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { compileResource } from '../../../src/engine/compile/compileResource.ts'
import { answersFile, keyOf } from './answers.ts'
import { differences } from './differences.ts'
import type { Answer } from './judge.ts'
import { type DeploymentCase, deployments } from './models.ts'

/*
 * The same models read by ours and by zeebe-bpmn-model, whose answers are kept: `record.ts` asks it anew. What Zeebe's engine says besides, of
 * expressions, is beside each model.
 */

const answers: Record<string, Answer> = JSON.parse(readFileSync(answersFile, 'utf8'))

for (const deployment of deployments) {
  test(deployment.name, async () => {
    const key = keyOf(deployment)
    const theirs = answers[key]
    assert.ok(theirs, `no answer is kept for ${key}: run node test/conformance/deployments/record.ts`)
    const { problems } = await compileResource({ name: 'x.bpmn', content: deployment.xml })
    if ('unreadable' in theirs) compareUnreadable(problems, theirs.unreadable)
    else compareProblems(deployment, problems, theirs.problems)
  })
}

/** Of a broken file the verdict counts; the words do for an id and a truth value. */
function compareUnreadable(problems: string | undefined, theirs: string): void {
  assert.ok(problems, 'it is accepted')
  if (/cvc-id\.|value for 'boolean'/.test(theirs)) assert.equal(problems, `'x.bpmn': ${theirs}`)
}

function compareProblems(
  { name, runtime }: DeploymentCase,
  problems: string | undefined,
  theirs: readonly string[],
): void {
  const expected = [...theirs, ...runtime].sort()
  const ours = listed(problems).sort()
  if (differences[name] === undefined) assert.deepEqual(ours, expected)
  else assert.notDeepEqual(ours, expected, `'${name}' is no longer different`)
}

/** `element: message` of each. What is no list is one. */
function listed(problems: string | undefined): string[] {
  if (problems === undefined) return []
  const [, list] = /^'x\.bpmn': (- Element: [\s\S]*)$/.exec(problems) ?? []
  if (list === undefined) return [problems]
  return list.split(/^- Element: /m).flatMap((part) => {
    const [element, ...messages] = part.trimEnd().split('\n')
    return messages.map((message) => `${element}: ${message.replace(/^ {4}- ERROR: /, '')}`)
  })
}
