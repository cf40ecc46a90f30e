// What people call a step: its own name without those of everything around it.

/** `wf[0].a(1:x)` in the workflow `wf` is `a(1:x)`; a workflow that is one step goes by its own name. */
export function stepName(nodeName: string, workflowName: string): string {
  const inner = nodeName.startsWith(workflowName) ? nodeName.slice(workflowName.length) : nodeName
  // Dots also stand inside the items of loops, in brackets: those belong to the name.
  const outside = inner.replace(/\([^()]*\)/g, (item) => '_'.repeat(item.length))
  const start = outside.lastIndexOf('.') + 1
  return inner.slice(start) || workflowName
}
