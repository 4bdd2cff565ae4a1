/** Where ours says otherwise, by the model's name, and why. Each must differ, or its line goes. */
export const differences: Readonly<Record<string, string>> = {
  'an end event of two': 'what else is wrong with one of two definitions is told when there is one',
}
