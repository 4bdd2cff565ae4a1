/** Where ours decides otherwise, by model, decision and variables, and why. Each must differ, or its line goes. */
export const differences: Record<string, string> = Object.fromEntries(
  Object.entries({
    'feel-scala 1.18.1 first calls a function that takes any value without the input, and believes what it answers': [
      'unary-tests-list d {"x":"a","y":["a"]}',
      'unary-tests-list d {"x":"b","y":["a"]}',
      'assertion-in-cell c {"x":1}',
    ],
    'Zeebe keeps the last 64 bits of a whole number': ['type-mismatch-texts q {}'],
  }).flatMap(([reason, questions]) => questions.map((question) => [question, reason])),
)
