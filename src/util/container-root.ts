// Where the root of this process's container lies on a machine that lets nobody change the root: a folder that stands in
// for it. Everywhere else the container's root is the root.

/** Bundles do not share module state, so the folder is noted where all of them look. */
const noted = Symbol.for('argo.container-root')

/** The text that goes in front of every path of the pod's contract: '' or a folder. */
export function containerRoot(): string {
  return (globalThis as { [noted]?: string })[noted] ?? ''
}

export function setContainerRoot(folder: string): void {
  Object.defineProperty(globalThis, noted, { value: folder, configurable: true })
}
