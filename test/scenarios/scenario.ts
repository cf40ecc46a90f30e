// The row of the table of scenarios, and the few builders that its rows share.

import type { JsonObject } from '../../src/spec/types.ts'

/** What tests write down by hand; the product reads it as JSON. */
export type Fields = Readonly<Record<string, unknown>>

export interface View {
  readonly phase: string
  readonly message: string
  /** By display name; of several nodes with one name, any. */
  readonly nodes: Readonly<Record<string, NodeView>>
  /** By the name without that of the workflow, e.g. `[1].again[0].less`. */
  readonly paths: Readonly<Record<string, NodeView>>
}

export interface NodeView {
  readonly phase: string
  readonly message?: string
  readonly type: string
  readonly outputs?: {
    readonly result?: string
    readonly exitCode?: string
    readonly parameters?: readonly { readonly name: string; readonly value?: string }[]
    readonly artifacts?: readonly { readonly name: string; readonly s3?: { readonly key?: string } }[]
  }
}

export interface Scenario {
  readonly name: string
  /** A file of examples/, or a manifest. */
  readonly workflow: string | JsonObject
  /** Objects that must be there before it starts; `store` is the S3 repository of the side that runs it. */
  readonly objects?: (store: Fields) => readonly Fields[]
  readonly phase: 'Succeeded' | 'Failed' | 'Error'
  /** Part of the workflow's message. */
  readonly message?: RegExp
  /** Display name or path of a node -> what must be true of it. */
  readonly nodes?: Readonly<Record<string, NodeExpectation>>
}

interface NodeExpectation {
  /** No node of this name was ever made. */
  readonly absent?: true
  readonly phase?: string
  readonly message?: RegExp
  readonly result?: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly artifacts?: readonly string[]
  /** Name of an output artifact -> its key in the store. */
  readonly keys?: Readonly<Record<string, RegExp>>
}

export const busybox = 'busybox:stable'

export function workflow(templates: readonly Fields[], more: Fields = {}): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { generateName: 'scenario-' },
    spec: { entrypoint: 'main', templates, ...more },
  } as unknown as JsonObject
}

/** A container template that runs a line of shell. */
export function sh(name: string, script: string, more: Fields = {}): Fields {
  return { name, container: { image: busybox, command: ['sh', '-c'], args: [script] }, ...more }
}

/** Three templates that most graphs need: one that succeeds, one that fails with 7, one that exits as `n` says. */
export const outcomes: readonly Fields[] = [
  sh('ok', 'true'),
  sh('fail', 'exit 7'),
  sh('exit', 'exit {{inputs.parameters.n}}', { inputs: { parameters: [{ name: 'n' }] } }),
]

/** A template that hands its input `v` back as output `v`, through a file: what really arrived in the container. */
export const tell: Fields = {
  name: 'tell',
  inputs: { parameters: [{ name: 'v' }] },
  outputs: { parameters: [{ name: 'v', valueFrom: { path: '/tmp/v' } }] },
  container: {
    image: busybox,
    command: ['sh', '-c', 'printf %s "$1" >/tmp/v', 'sh', '{{inputs.parameters.v}}'],
  },
}

/** `arguments` of parameters alone. */
export function given(parameters: Readonly<Record<string, string>>): Fields {
  return {
    arguments: { parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })) },
  }
}
