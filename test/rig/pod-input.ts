// A complete input of the pod builder; tests state only what they are about.

import type { PodInput } from '../../src/controller/pod/pod-input.ts'
import type { Container, Template, WorkflowSpec } from '../../src/spec/types.ts'

export interface PodInputParts extends Partial<Omit<PodInput, 'workflow' | 'template'>> {
  readonly spec?: WorkflowSpec
  readonly template?: Template
}

export const executorImage = 'example.com/argoexec:1'

export function podInput({
  spec = {},
  template = { name: 'step', container: container() },
  ...rest
}: PodInputParts = {}): PodInput {
  const metadata = { name: 'wf', namespace: 'ns', uid: '00000000-0000-4000-8000-000000000001' }
  return {
    workflow: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata, spec },
    template,
    nodeId: 'wf-7',
    nodeName: 'wf.step',
    podName: 'wf-step-7',
    onExit: false,
    includeScriptOutput: false,
    config: {},
    executorImage,
    executorLog: { level: 'info', format: 'text' },
    globals: { 'workflow.name': 'wf' },
    trace: { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef' },
    now: new Date('2026-01-01T00:00:00.500Z'),
    ...rest,
  }
}

export function container(more: Container = {}): Container {
  return { name: '', image: 'example.com/tool', command: ['run'], ...more }
}
