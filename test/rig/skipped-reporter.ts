// Lists at the end of a run what was skipped, with the reason that the test's name carries, and closes with one line of counts.

import type { Reporter, TestCase, TestModule, TestResult } from 'vitest/node'

// oxlint-disable-next-line import/no-default-export -- vitest asks for one
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = new Map<string, number>()
    let passed = 0
    let failed = 0
    let left = 0
    for (const module of modules) {
      const failedBefore = failed
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') passed++
        else if (result.state === 'failed') failed++
        else {
          left++
          const name = `${module.relativeModuleId}: ${withReason(test)}${noteOf(result)}`
          skipped.set(name, (skipped.get(name) ?? 0) + 1)
        }
      }
      // A file or a hook that failed has no failed test of its own.
      if (module.state() === 'failed' && failed === failedBefore) failed++
    }
    const lines = [...skipped].map(([name, count]) => `  skipped ${String(count).padStart(3)}  ${name}\n`)
    process.stdout.write(`${lines.join('')}${passed} passed, ${failed} failed, ${left} skipped\n`)
  }
}

/** The group that was skipped for a reason, or the test itself. */
function withReason(test: TestCase): string {
  const end = test.fullName.indexOf('] > ')
  return end < 0 ? test.fullName : test.fullName.slice(0, end + 1)
}

/** What a test said that left in the middle of its body. */
function noteOf(result: TestResult): string {
  return result.state === 'skipped' && result.note !== undefined ? ` [skipped: ${result.note}]` : ''
}
