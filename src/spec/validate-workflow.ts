// Checks a decoded workflow before anything of it runs: every problem at once, in the order in which Argo looks.

import { creationTimestampVariables } from '../expression/strftime.ts'
import { childPath, type Problem } from './problem.ts'
import { checkArguments, sentence } from './validate/check-arguments.ts'
import { checkTemplateCall } from './validate/check-template.ts'
import { nameProblems } from './validate/names.ts'
import { objectNameTrouble } from './validate/object-name.ts'
import { Report } from './validate/report.ts'
import type { Context, IndexedTemplate } from './validate/context.ts'
import type { Workflow } from './types.ts'

export interface ValidateOptions {
  /** Lint: parameters of the workflow may have no value, they come with the submission. */
  readonly allowEmptyArguments?: boolean
}

/** Kubernetes labels hold the name. */
const longestWorkflowName = 63

/** Twice as deep as a workflow may go when it runs. */
const deepestCalls = 200

/** Spec controller 3.9. The `argoMessage` of the first problem is what Argo would say. */
export function validateWorkflow(workflow: Workflow, options: ValidateOptions = {}): readonly Problem[] {
  const report = new Report()
  const { spec, metadata } = workflow
  const { name = '', generateName = '' } = metadata
  if (name.length > longestWorkflowName) {
    const rule = `must not be more than ${longestWorkflowName} characters long (currently ${name.length})`
    report.add('metadata.name', rule, `workflow name "${name}" ${rule}`)
  }
  for (const { index, argoMessage } of nameProblems(spec.templates, 'template')) {
    report.add(childPath('spec.templates', index), sentence(argoMessage), `spec.templates${argoMessage}`)
  }
  const place = {
    path: 'spec.arguments',
    prefix: 'spec.arguments.',
    allowEmpty: options.allowEmptyArguments === true,
  }
  checkArguments(spec.arguments, place, report)
  const context = newContext(workflow, report)
  checkEntrypoint(context)
  checkOnExit(context)
  if (spec.shutdown !== undefined && !['', 'Stop', 'Terminate'].includes(spec.shutdown)) {
    const message = `'${String(spec.shutdown)}' is none of: Stop, Terminate`
    report.add('spec.shutdown', message, `spec.shutdown ${message}`)
  }
  for (const { template, path } of context.templates.values()) {
    const { name: templateName = '' } = template
    context.check({ template: templateName, path, prefix: `templates.${templateName} ` })
  }
  checkObjectNames(name, generateName, report)
  return report.problems()
}

/** What Argo would answer: the first problem only. */
export function argoErrorText(problems: readonly Problem[]): string | undefined {
  const first = problems.find(({ level }) => level === 'error')
  return first === undefined ? undefined : (first.argoMessage ?? first.message)
}

/** The API's own rule, told together with all others; last, since Argo itself leaves it to the API. */
function checkObjectNames(name: string, generateName: string, report: Report): void {
  const trouble = name === '' ? undefined : objectNameTrouble(name)
  if (trouble !== undefined) report.add('metadata.name', trouble, `metadata.name: ${trouble}`)
  if (name !== '' || generateName === '') return
  const prefixTrouble = objectNameTrouble(generateName, 'prefix')
  if (prefixTrouble !== undefined)
    report.add('metadata.generateName', prefixTrouble, `metadata.generateName: ${prefixTrouble}`)
}

function checkEntrypoint(context: Context): void {
  const { entrypoint = '', arguments: args = {} } = context.workflow.spec
  // The feature was refused already: templates and entrypoint come from elsewhere.
  if ('workflowTemplateRef' in context.workflow.spec) return
  if (entrypoint === '') {
    context.report.add('spec', 'entrypoint is required', 'spec.entrypoint is required')
    return
  }
  context.check({ template: entrypoint, path: 'spec.entrypoint', arguments: args, prefix: '' })
}

function checkOnExit(context: Context): void {
  const { onExit, arguments: args = {} } = context.workflow.spec
  if (!onExit) return
  // Only an exit handler knows what has failed.
  context.globals.add('workflow.failures')
  context.check({ template: onExit, path: 'spec.onExit', arguments: args, prefix: '' })
}

function newContext(workflow: Workflow, report: Report): Context {
  const { spec, metadata } = workflow
  const templates = new Map<string, IndexedTemplate>()
  for (const [index, template] of (spec.templates ?? []).entries()) {
    const { name = '' } = template
    if (!templates.has(name)) templates.set(name, { template, path: childPath('spec.templates', index) })
  }
  const globalValues: Record<string, string> = {}
  for (const { name, value } of spec.arguments?.parameters ?? []) {
    if (value !== undefined) globalValues[`workflow.parameters.${name}`] = value
  }
  let depth = 0
  const context: Context = {
    workflow,
    report,
    templates,
    globals: globalNames(workflow, metadata),
    globalValues,
    visited: new Set(),
    check: (call) => {
      if (depth >= deepestCalls) {
        const message = `templates call each other more than ${deepestCalls} deep`
        report.add(call.path, message, `${call.prefix}${message}`)
        return undefined
      }
      depth++
      try {
        return checkTemplateCall(context, call)
      } finally {
        depth--
      }
    },
  }
  return context
}

function globalNames(workflow: Workflow, metadata: Workflow['metadata']): Set<string> {
  const names = [
    'name',
    'namespace',
    'uid',
    'mainEntrypoint',
    'serviceAccountName',
    'annotations',
    'labels',
    // Everywhere: the phase at that time, and for an exit handler the one of the end.
    'status',
  ].map((name) => `workflow.${name}`)
  names.push(
    'workflow.annotations.json',
    'workflow.labels.json',
    'workflow.parameters',
    'workflow.parameters.json',
  )
  // The feature was refused already: a tag that uses it is no news.
  if ('priority' in workflow.spec) names.push('workflow.priority')
  names.push(...Object.keys(creationTimestampVariables(new Date(0))))
  for (const key of Object.keys(metadata.annotations ?? {})) names.push(`workflow.annotations.${key}`)
  for (const key of Object.keys(metadata.labels ?? {})) names.push(`workflow.labels.${key}`)
  for (const { name } of workflow.spec.arguments?.parameters ?? []) names.push(`workflow.parameters.${name}`)
  return new Set(names)
}
