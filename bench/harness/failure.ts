/** A failure that needs no stack: a wrong argument, or a case that could not run. */
export class BenchFailure extends Error {}
