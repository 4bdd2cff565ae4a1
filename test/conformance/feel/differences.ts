/** Where ours answers otherwise, and why. Each of these questions must be answered otherwise, or its line goes. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  'a number has 34 digits, those that an expression writes out, too: nobody counts with more': [
    'string(0.1234567890123456789012345678901234567 + 0)',
    'string(1234567890123456789012345678901234567890 + 1)',
    'string(99999999999999999999999999999999995 + 0)',
  ],
  'a whole number of more than 64 bits keeps its size; Zeebe keeps its lowest 64 bits': ['999999999999999999999999'],
  'a warning shows a range as it is written, not as the parser of feel-scala holds it': [
    'before(["a".."c"], "d")',
    'before([1.."a"], 3)',
  ],
  'the entries of a context stay in the order in which they are written; from five on Scala orders them by hash': [
    'string({a: 1, b: "x", c: [1], d: null, e: {f: true}})',
  ],
  'feel-scala 1.18.1 first calls a function that takes any value without the input, and believes what it answers': [
    '3 :: list contains([3, 4], ?)',
    '5 :: list contains([3, 4], ?)',
  ],
  'what asks for ? is not evaluated without it to its end first, and does not warn twice': ['5 :: ? + missing'],
}

export const differences: ReadonlyMap<string, string> = new Map(
  Object.entries(reasons).flatMap(([reason, questions]) => questions.map((question) => [question, reason])),
)
