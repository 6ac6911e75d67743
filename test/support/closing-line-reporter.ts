import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Lists skips with their reasons and prints the closing line `N passed, N failed[, N skipped]`, load failures included. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const skips: string[] = [];
    let broken = errors.length;
    for (const module of modules) {
      let tests = 0;
      for (const test of module.children.allTests()) {
        tests += 1;
        count[test.result().state] += 1;
        if (test.result().state === 'skipped') skips.push(skipLine(test));
      }
      if (module.state() === 'failed' && tests === 0) broken += 1;
    }
    const failed = count.failed + count.pending + broken + (count.passed === 0 ? 1 : 0);
    for (const line of skips) process.stdout.write(`${line}\n`);
    process.stdout.write(
      `${count.passed} passed, ${failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}\n`,
    );
    if (failed > 0) process.exitCode = 1;
  }
}

function skipLine(test: TestCase): string {
  const result = test.result();
  const note =
    result.state === 'skipped' && result.note !== undefined ? result.note : 'no reason given';
  return `skipped: ${test.fullName} (${note})`;
}
