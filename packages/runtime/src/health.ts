/** One named condition of readiness or liveness. */
export interface HealthCheck {
  readonly name: string;
  /** Undefined when well, else what is wrong. */
  readonly check: () => string | undefined | Promise<string | undefined>;
  /** Something to mend that does not stop the service: shown with `[!]`, and readiness stays. */
  readonly isAdvice?: boolean;
}

export interface HealthReport {
  readonly ok: boolean;
  /** `[+]kafka ok` or `[-]kafka: reason`, a line a check. */
  readonly text: string;
}

/** Runs all checks; a check that throws is a failed check. */
export async function healthReport(checks: readonly HealthCheck[]): Promise<HealthReport> {
  const lines = await Promise.all(
    checks.map(async ({ name, check, isAdvice = false }) => {
      try {
        const problem = await check();
        const sign = isAdvice ? '[!]' : '[-]';
        return {
          ok: problem === undefined || isAdvice,
          line: problem === undefined ? `[+]${name} ok` : `${sign}${name}: ${problem}`,
        };
      } catch (error) {
        return { ok: false, line: `[-]${name}: ${String(error)}` };
      }
    }),
  );
  return { ok: lines.every(({ ok }) => ok), text: lines.map(({ line }) => line).join('\n') };
}
