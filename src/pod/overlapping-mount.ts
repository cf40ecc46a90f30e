// Tells whether a path lies in a volume of the user: such a path is read and written there by init and wait, and
// neither mounted nor staged (spec executor 1.6, 3.5, 4.6).

/** The deepest of `mounts` at or above `path`; undefined when the path is in the container's own file system. */
export function overlappingMount<T extends { readonly mountPath?: string }>(
  path: string,
  mounts: readonly T[],
): T | undefined {
  const above = mounts.filter(({ mountPath }) => {
    const folder = mountPath?.replace(/\/+$/, '')
    return folder !== undefined && (path === folder || path.startsWith(`${folder}/`))
  })
  return above.toSorted((a, b) => (b.mountPath?.length ?? 0) - (a.mountPath?.length ?? 0))[0]
}
