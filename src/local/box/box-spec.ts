// What one isolated container looks like, as the engine tells it to the process that builds it from the inside.

/** A file or folder of the host that appears at a path of the container. Sources are real paths: no link is left in them. */
export interface BoxMount {
  readonly source: string
  readonly target: string
  readonly type: 'folder' | 'file'
  readonly readOnly: boolean
}

/** One entry of the host's root as the container shall see it. */
export type HostEntry =
  | { readonly type: 'link'; readonly path: string; readonly to: string }
  | {
      readonly type: 'folder'
      readonly path: string
      /** Mount points at and below `path` with the flags they have: a remount must repeat the locked ones. */
      readonly mounts: readonly { readonly path: string; readonly flags: number }[]
    }

export type BoxRoot =
  /** A fresh root in memory that shows the host's programs and settings read-only. */
  | { readonly type: 'host'; readonly entries: readonly HostEntry[] }
  /** The whole root of the host below a layer in memory; `hidden` folders are empty. Where refused, as `host`. */
  | { readonly type: 'overlay'; readonly hidden: readonly string[]; readonly entries: readonly HostEntry[] }
  /** A folder of the host below a layer in memory. */
  | { readonly type: 'folder'; readonly path: string }
  /** No isolation: `path` is an empty folder that stands in for the root where the pod's own files are meant. */
  | { readonly type: 'none'; readonly path: string }

export interface BoxUser {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
}

/** As containers name them, with or without `CAP_`; `ALL` stands for all. */
export interface CapabilityChanges {
  readonly add?: readonly string[]
  readonly drop?: readonly string[]
}

export interface BoxSpec {
  readonly root: BoxRoot
  /** An empty folder of the host on which the new root is mounted, inside the box's own mount namespace only. */
  readonly stage: string
  readonly hostname: string
  /** In order: a later one may lie inside an earlier one. */
  readonly mounts: readonly BoxMount[]
  /** Folders that are made, writable for everybody. */
  readonly folders: readonly string[]
  readonly workingDir: string
  /** Whom the command runs as; absent: as the one who made the box. */
  readonly user?: BoxUser
  /** Nothing but `mounts`, /dev and /proc can be written. */
  readonly readOnlyRoot?: boolean
  /** Programs that would run as somebody else, as sudo, run as who starts them. */
  readonly noNewPrivileges?: boolean
  /** Changes to what root keeps; nobody else keeps anything. */
  readonly capabilities?: CapabilityChanges
  readonly env: Readonly<Record<string, string>>
  /** Words of a role of this executable, or a command. */
  readonly run: { readonly type: 'role' | 'command'; readonly words: readonly string[] }
}

/** What the box tells the engine, one line of JSON each. */
export type BoxReport =
  /** The process is there and waits for its specification; `pid` as the host sees it. */
  | { readonly type: 'ready'; readonly pid: number }
  /** The view is built; from here on the process is the container's own. */
  | { readonly type: 'started' }
  | { readonly type: 'failed'; readonly message: string }

/** Descriptor on which a box hears its specification and reports. */
export const controlDescriptor = 3
