// Version and commit, put in by the build; a source checkout says so.

declare const __ARGO_VERSION__: string | undefined
declare const __ARGO_COMMIT__: string | undefined

export interface BuildInfo {
  readonly version: string
  readonly commit: string
}

export function buildInfo(): BuildInfo {
  return {
    version: typeof __ARGO_VERSION__ === 'string' ? __ARGO_VERSION__ : '0.0.0-source',
    commit: typeof __ARGO_COMMIT__ === 'string' ? __ARGO_COMMIT__ : 'source',
  }
}
