// Lists at the end of a run what was skipped, with the reason that the test's name carries, and closes with one line of counts.

import type { Reporter, TestModule } from 'vitest/node'

// oxlint-disable-next-line import/no-default-export -- vitest asks for one
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped: string[] = []
    let passed = 0
    let failed = 0
    for (const module of modules) {
      const failedBefore = failed
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'failed') failed++
        else skipped.push(`${module.relativeModuleId}: ${test.fullName}`)
      }
      // A file or a hook that failed has no failed test of its own.
      if (module.state() === 'failed' && failed === failedBefore) failed++
    }
    const lines = skipped.map((name) => `  skipped ${name}\n`).join('')
    process.stdout.write(`${lines}${passed} passed, ${failed} failed, ${skipped.length} skipped\n`)
  }
}
