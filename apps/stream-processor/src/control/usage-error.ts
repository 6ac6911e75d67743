/** What is wrong with the command line or the file, for the person who wrote it. */
export class UsageError extends Error {}
