import * as bpmn from '../../../src/engine/testing/bpmn.ts'
import type { Scenario } from '../player.ts'

const { end, flow, model, serviceTask, start } = bpmn

export const deployments: Record<string, Scenario> = {
  'deployments get versions, and the same file none': async (player) => {
    const one = model(player.own('versions'), start(), serviceTask('a'), end(), flow('start -> a -> end'))
    await player.deploy(one)
    await player.deploy(one)
    await player.deploy(one.replaceAll('"a"', '"b"'))
    await player.deploy(one)
  },

  'deployments that are wrong': async (player) => {
    const id = player.own('wrong')
    await player.deploy('<a')
    await player.deploy(model(id, start(), { inside: '<bpmn:serviceTask id="t" />' }))
    await player.deploy(
      model(id, start(), bpmn.exclusive('x'), end('e1'), end('e2'), flow('start -> x -> e1'), flow('x -> e2')),
    )
    await player.deploy(model(id, start(), bpmn.messageCatch('m', 'm', ''), end(), flow('start -> m -> end')))
    await player.deploy(
      model(id, start(), bpmn.timerCatch('t', { duration: 'soon' }), end(), flow('start -> t -> end')),
    )
    await player.deploy(
      model(id, start(), serviceTask('t', 't', { inputs: { a: '=1 +' } }), end(), flow('start -> t -> end')),
    )
    await player.deploy(
      model(
        id,
        start(),
        bpmn.errorBoundary('e', 't', 'a'),
        bpmn.errorBoundary('f', 't', 'a'),
        serviceTask('t'),
        end(),
        end('g'),
        end('h'),
        flow('start -> t -> end'),
        flow('e -> g'),
        flow('f -> h'),
      ),
    )
    await player.deploy(model(id, start(), bpmn.exclusive('x'), bpmn.exclusive('y'), flow('start -> x -> y -> x')))
  },
}
