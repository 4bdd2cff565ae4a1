/** What is there at once where all that it takes is in memory. */
export type Soon<T> = T | Promise<T>
