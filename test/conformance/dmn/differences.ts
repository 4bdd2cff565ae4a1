/** Where ours decides otherwise, by model, decision and variables, and why. Each must differ, or its line goes. */
export const differences: Record<string, string> = Object.fromEntries(
  Object.entries({
    'unary tests are asked as feelin asks them': [
      'unique d {"x":"a"}',
      'cell-input d {"x":5,"y":3}',
      'cell-input d {"x":5,"y":8}',
      'unary-tests d {"x":40,"y":40}',
      'unary-tests d {"x":41,"y":40}',
      'unary-tests d {"x":null,"y":null}',
      'unary-tests d {"x":"a","y":"a"}',
      'unary-tests-list d {"x":"a","y":["a"]}',
      'unary-tests-list d {"x":"b","y":["a"]}',
      'unary-tests-list d {"x":"ab","y":"ab"}',
      'unary-tests-list d {"x":null,"y":null}',
      'unary-tests-list d {"x":["a","b"],"y":null}',
      'unary-tests-list d {"x":1,"y":[1,2]}',
      'assertion-in-cell c {"x":null}',
      'assertion-in-cell c {"x":1}',
    ],
  }).flatMap(([reason, questions]) => questions.map((question) => [question, reason])),
)
