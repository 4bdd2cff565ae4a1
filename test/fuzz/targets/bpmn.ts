import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileResource } from '../../../src/engine/compile/compileResource.ts'
import {
  end,
  exclusive,
  flow,
  messageCatch,
  model,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
} from '../../../src/engine/testing/bpmn.ts'
import type { Target } from '../target.ts'

const models = join(import.meta.dirname, '../../../bpmn')

/** A model: compiled, or refused with what is wrong with it; never an error of the compiler's own. */
export const bpmn: Target = {
  seeds: () => [
    ...readdirSync(models)
      .filter((name) => name.endsWith('.bpmn'))
      .slice(0, 3)
      .map((name) => readFileSync(join(models, name))),
    Buffer.from(
      model(
        'p',
        start(),
        serviceTask('a', 'a', { inputs: { x: '=y + 1' } }),
        subProcess(
          's',
          { multi: { in: '=items', as: 'item' } },
          start('b'),
          messageCatch('m', 'M', '=item'),
          end('e'),
          flow('b -> m -> e'),
        ),
        timerBoundary('late', 'a', { duration: 'PT1M' }),
        exclusive('g', 'g_end'),
        end(),
        flow('start -> a -> s -> g -> end'),
        flow('g -> a', '=x > 1'),
        flow('late -> end'),
      ),
    ),
  ],
  words: [
    '<',
    '>',
    '/>',
    '</',
    '"',
    '&amp;',
    '&#0;',
    '&x;',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?xml',
    '<!DOCTYPE',
    'xmlns:',
    'bpmn:',
    'zeebe:',
    'id="',
    '<bpmn:task id="t"/>',
    '<bpmn:subProcess id="u">',
    '="__proto__"',
    ' isExecutable="true"',
    '=',
    'R/PT0S',
  ],
  async run(input) {
    const { problems, models } = await compileResource({ name: 'fuzz.bpmn', content: input.toString('utf8') })
    assert.ok(typeof problems === 'string' ? models.length === 0 : models.length > 0)
    assert.doesNotMatch(problems ?? '', /is not a function|Cannot read properties|undefined \(reading/)
  },
}
