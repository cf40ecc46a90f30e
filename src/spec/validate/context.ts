// What the walk over the templates of a workflow carries along.

import type { Report } from './report.ts'
import type { Arguments, Template, Workflow } from '../types.ts'

export interface IndexedTemplate {
  readonly template: Template
  /** `spec.templates[3]` */
  readonly path: string
  /** As the user wrote it, where `template` has stand-ins for what is not known yet. */
  readonly original?: Template
}

export interface Context {
  readonly workflow: Workflow
  readonly report: Report
  readonly templates: ReadonlyMap<string, IndexedTemplate>
  /** Global names: grows while outputs with a globalName are met. */
  readonly globals: Set<string>
  /** Values of the workflow's own parameters: they may decide which task is a target. */
  readonly globalValues: Record<string, string>
  /** Names of templates that were gone through, so that recursion ends. */
  readonly visited: Set<string>
  /** Checks the template that is called and gives it back: templates call templates. */
  readonly check: (call: Call) => Template | undefined
}

/** A way to a template: Argo's words so far, e.g. `templates.main.steps[0].a `. */
export type Prefix = string

/** One caller of a template: the entrypoint, a step, a task, an exit handler. */
export interface Call {
  /** Name of the template; one that is built from tags cannot be followed. */
  readonly template: string | undefined
  /** Path of the field that names it. */
  readonly path: string
  /** undefined: every input counts as supplied. */
  readonly arguments?: Arguments | undefined
  readonly prefix: Prefix
  /** The step or task, which may name its template in a way that is not covered. */
  readonly caller?: object
}
