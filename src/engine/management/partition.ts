/** Every number's label: the engine is one partition of a Zeebe. */
export const partition = '1'
