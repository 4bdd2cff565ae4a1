import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  end,
  errorBoundary,
  flow,
  messageCatch,
  model,
  serviceTask,
  signalCatch,
  start,
  userTask,
} from '../../src/engine/testing/bpmn.ts'

const order = model(
  'order',
  start(),
  serviceTask('charge', 'charge', { headers: { by: 'card' } }),
  errorBoundary('declined', 'charge', 'declined'),
  messageCatch('paid', 'paid', '=order'),
  signalCatch('shipped', 'shipped'),
  serviceTask('archive'),
  serviceTask('refund'),
  end(),
  flow('start -> charge -> paid -> shipped -> archive -> end'),
  flow('declined -> refund -> end'),
)
const next = model(
  'next',
  start(),
  serviceTask('bill'),
  serviceTask('send'),
  end(),
  flow('start -> bill -> send -> end'),
)
const sum = model('sum', start(), serviceTask('add'), end(), flow('start -> add -> end'))
const ticket = model(
  'ticket',
  start(),
  userTask('approve', { native: true }),
  serviceTask('file'),
  end(),
  flow('start -> approve -> file -> end'),
)
const discount = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="discounts" name="discounts" namespace="http://commitbase/dmn">
  <decision id="discount" name="discount">
    <variable id="v" name="discount" />
    <literalExpression id="e"><text>assert(amount, amount != null) * 0.1</text></literalExpression>
  </decision>
</definitions>`

/** What the clients deploy, as files in a folder. */
export async function writeModels(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const broken = model('broken', start(), serviceTask('task', ''), end(), flow('start -> task -> end'))
  const models = { order, next, sum, ticket, broken }
  for (const [name, xml] of Object.entries(models)) await writeFile(join(folder, `${name}.bpmn`), xml)
  await writeFile(join(folder, 'discount.dmn'), discount)
  return folder
}
