// Which tests run: TEST_KIND is set by scripts/test.ts; without it (an editor) it is those that need no cluster.

import { defineConfig } from 'vitest/config'

const kinds = {
  all: { folders: 'unit,contract,process,pod,house', workers: 2, seconds: 30 },
  cluster: { folders: 'cluster,contract', workers: 2, seconds: 120 },
  faults: { folders: 'faults,none', workers: 2, seconds: 240 },
} as const

const kind = kinds[(process.env['TEST_KIND'] ?? 'all') as keyof typeof kinds]

// oxlint-disable-next-line import/no-default-export -- vitest asks for one
export default defineConfig({
  test: {
    include: [`test/{${kind.folders}}/**/*.test.ts`],
    pool: 'forks',
    execArgv: ['--no-warnings'],
    maxWorkers: kind.workers,
    testTimeout: kind.seconds * 1000,
    hookTimeout: kind.seconds * 2000,
    reporters: ['default', './test/rig/skipped-reporter.ts'],
  },
})
