/** A call that is not understood, which the usage answers. Its message, if any, says what is wrong with it. */
export class UsageError extends Error {}
