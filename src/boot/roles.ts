// The table of roles: the only place that names them. Each is loaded on its own, when it is chosen.

/**
 * What a role file exports: the words after the role's name in, the exit code out. A wrong word is an ArgoError with
 * code ERR_USAGE; boot prints it with the usage and picks the exit code of the program.
 */
export type Role = (argv: readonly string[], runWords: RunWords) => Promise<number>

/** Runs another role by its words, for the one that becomes another (a laptop's container). */
export type RunWords = (words: readonly string[]) => Promise<number>

export interface RoleEntry {
  /** Which program people know the role from; decides the exit code of a wrong call: 64 for argoexec, 2 for argo. */
  readonly program: 'argoexec' | 'argo'
  /** People know it from both programs: the one that was called counts. */
  readonly ofBoth?: boolean
  readonly summary: string
  /** A call as it should be; of a role of both without the program's name. */
  readonly usage: string
  /** Not for people: no row in the overview. */
  readonly hidden?: boolean
  readonly load: () => Promise<Role>
}

const logFlags = '[--loglevel debug|info|warn|error] [--log-format text|json]'

export const roles = {
  init: {
    program: 'argoexec',
    summary: 'load the inputs of a pod, install the executable into it',
    usage: `argoexec init ${logFlags}`,
    load: async () => (await import('../../roles/init.ts')).init,
  },
  emissary: {
    program: 'argoexec',
    summary: "run the user's command as a sub-process, stage its outputs",
    usage: `argoexec emissary ${logFlags} -- COMMAND [ARG...]`,
    load: async () => (await import('../../roles/main.ts')).main,
  },
  main: {
    program: 'argoexec',
    summary: 'another name of emissary',
    usage: `argoexec main ${logFlags} -- COMMAND [ARG...]`,
    load: async () => (await import('../../roles/main.ts')).main,
  },
  wait: {
    program: 'argoexec',
    summary: 'wait for main, upload and report its outputs',
    usage: `argoexec wait ${logFlags}`,
    load: async () => (await import('../../roles/wait.ts')).wait,
  },
  kill: {
    program: 'argoexec',
    summary: 'send a signal to a process',
    usage: 'argoexec kill SIGNAL PID',
    load: async () => (await import('../../roles/kill.ts')).kill,
  },
  artifact: {
    program: 'argoexec',
    summary: 'save and load artifacts by hand',
    usage: 'argoexec artifact save|load LOCATION PATH',
    load: async () => (await import('../../roles/artifact.ts')).artifact,
  },
  run: {
    program: 'argo',
    summary: 'run workflows on this machine, without a cluster',
    usage: 'argo run FILE... [flags]',
    load: async () => (await import('../../roles/run.ts')).run,
  },
  controller: {
    program: 'argo',
    summary: 'run the workflow controller against a cluster',
    usage: 'argo controller [flags]',
    load: async () => (await import('../../roles/controller.ts')).controller,
  },
  get: {
    program: 'argo',
    summary: 'show a workflow that ran on this machine',
    usage: 'argo get WORKFLOW|@latest [-o json|yaml|name]',
    load: async () => (await import('../../roles/get.ts')).get,
  },
  logs: {
    program: 'argo',
    summary: 'show the logs of a workflow that ran on this machine',
    usage: 'argo logs WORKFLOW|@latest [STEP]',
    load: async () => (await import('../../roles/logs.ts')).logs,
  },
  box: {
    program: 'argoexec',
    summary: 'become a container of a laptop',
    usage: 'argoexec box, started by argo run only',
    hidden: true,
    load: async () => (await import('../../roles/box.ts')).box,
  },
  version: {
    program: 'argoexec',
    ofBoth: true,
    summary: 'print version, commit and runtime',
    usage: 'version',
    load: async () => (await import('../../roles/version.ts')).version,
  },
} as const satisfies Record<string, RoleEntry>

export type RoleName = keyof typeof roles
