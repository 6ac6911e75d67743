/** Items of a comma-separated variable, trimmed; empty ones are left out. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
