// A folder that stands for the file system of a pod, and the environment that the controller would give it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createLogger, type Logger } from '../../src/log/logger.ts'
import { podLayout, type Layout } from '../../src/pod/layout.ts'
import type { Template } from '../../src/spec/types.ts'
import type { Environment } from '../../src/util/environment.ts'

export interface PodRoot extends Disposable {
  readonly root: string
  readonly layout: Layout
  /** Lines that were logged. */
  readonly lines: readonly string[]
  readonly log: Logger
  env(template?: Template, more?: Environment): Environment
}

export function makePodRoot(): PodRoot {
  const root = mkdtempSync(join(tmpdir(), 'pod-'))
  const layout = podLayout(root)
  for (const folder of [
    layout.varRunArgo,
    layout.mainFilesystem,
    layout.waitOutputs,
    dirname(layout.terminationLog),
  ]) {
    mkdirSync(folder, { recursive: true })
  }
  // As the kubelet does.
  writeFileSync(layout.terminationLog, '')
  const lines: string[] = []
  return {
    root,
    layout,
    lines,
    log: createLogger({ level: 'debug', write: (line) => void lines.push(line) }),
    env: (template, more = {}) => ({
      ARGO_POD_NAME: 'wf1-step-123',
      ARGO_NODE_ID: 'wf1-99',
      ARGO_WORKFLOW_NAME: 'wf1',
      ARGO_WORKFLOW_UID: 'uid-1',
      ARGO_DEADLINE: '0001-01-01T00:00:00Z',
      ...(template === undefined ? {} : { ARGO_TEMPLATE: JSON.stringify(template) }),
      ...more,
    }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
