/** Asks zeebe-bpmn-model about all models anew and keeps its answers, which the ordinary test compares with: `node test/conformance/deployments/record.ts`. */
import { writeFileSync } from 'node:fs'
import { answersFile, keyOf } from './answers.ts'
import { askJudge } from './judge.ts'
import { deployments } from './models.ts'

const answers = askJudge(deployments.map(({ xml }) => xml))
const lines = deployments.map(
  (deployment, at) => `${JSON.stringify(keyOf(deployment))}: ${JSON.stringify(answers[at])}`,
)
writeFileSync(answersFile, `{\n${lines.join(',\n')}\n}\n`)
console.log(`${answers.length} answers of zeebe-bpmn-model are kept`)
