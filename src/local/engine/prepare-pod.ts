// Everything a pod needs before its first container can start: volumes, environments, mounts, commands that exist.

import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { serviceAccountDir, terminationLog as defaultTerminationLog, varRunArgo } from '../../pod/paths.ts'
import { volumes as volumeNames } from '../../pod/names.ts'
import type { BoxMount, BoxRoot, BoxSpec, BoxUser } from '../box/box-spec.ts'
import { isShown } from '../box/is-shown.ts'
import { networkFiles } from '../box/network-files.ts'
import { checkPresence, containerCommand, userCommand } from './container-command.ts'
import { containerEnv, defaultPath } from './container-env.ts'
import { containerMounts } from './container-mounts.ts'
import type { EngineOptions } from './engine-options.ts'
import { isPodPath } from '../box/enter-folder.ts'
import { outputPaths } from './template-paths.ts'
import { hostsFile } from './hosts-file.ts'
import { createKeyStore, type KeyStore } from './key-store.ts'
import type { Pod, PodContainer } from './pod.ts'
import { makeTerminationLog } from './run-container.ts'
import { serviceAccountFolder } from './service-account.ts'
import { makeVolume, type MountedVolume } from './volumes.ts'

export interface PreparedPod {
  /** The specification of a container's box; called when its turn has come, since init containers make what sub-paths name. */
  specFor(container: PodContainer): Promise<PreparedContainer>
}

export interface PreparedContainer {
  readonly spec: BoxSpec
  readonly terminationLog: string
  /** To be called when the container has ended. */
  readonly release: () => void
}

export interface PrepareContext {
  readonly options: EngineOptions
  readonly nodeName: string
  /** This pod's own folder. */
  readonly folder: string
  readonly signal: AbortSignal
}

/** Throws ArgoError that says what is missing; nothing has run by then. */
export async function preparePod(pod: Pod, context: PrepareContext): Promise<PreparedPod> {
  const { options, folder } = context
  const keys = createKeyStore(options.api, options.namespace, context.signal)
  const volumes = await makeVolumes(pod, keys, context)
  const account = serviceAccountFolder(folder, options.cluster, options.namespace)
  const hosts = hostsFile(pod.spec.hostAliases, folder)
  const envs = new Map<string, Readonly<Record<string, string>>>()
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    const env = await containerEnv(container, {
      pod,
      keys,
      nodeName: context.nodeName,
      base: baseEnv(pod, options),
    })
    envs.set(container.name, env)
    const command = userCommand(containerCommand(container, { executorImage: options.executorImage, env }))
    const mountPaths = (container.volumeMounts ?? []).map(({ mountPath }) => mountPath)
    checkPresence(command, {
      container,
      env,
      image: options.images[container.image ?? ''],
      mountPaths,
      isShown: (path) => isShown(options.root, path),
    })
  }
  return {
    async specFor(container) {
      const env = envs.get(container.name) ?? {}
      const stage = join(folder, 'stage', container.name)
      mkdirSync(stage, { recursive: true })
      const terminationLog = makeTerminationLog(join(folder, 'termination'), container.name)
      const root = rootOf(container, options, folder)
      const mounts = [
        ...(root.type === 'none'
          ? []
          : [
              ...networkFiles(root.type === 'folder' ? 'folder' : 'host', (path) => isShown(root, path)),
              ...hosts,
            ]),
        ...(await containerMounts(container, volumes, env)),
        ...executableMount(container, options.executable),
        ...(pod.spec.automountServiceAccountToken === false ? [] : accountMount(container, account)),
        fileMount(terminationLog, container.terminationMessagePath ?? defaultTerminationLog),
      ]
      const user = userOf(pod, container)
      const spec: BoxSpec = {
        root,
        stage,
        hostname: (pod.spec.hostname ?? pod.metadata.name ?? '').slice(0, 63),
        mounts,
        folders: [env['HOME'] ?? '/'],
        workingDir: container.workingDir ?? '/',
        ...(user === undefined ? {} : { user }),
        env,
        ...securityOf(container),
        run: containerCommand(container, { executorImage: options.executorImage, env }),
      }
      return { spec, terminationLog, release: await placePaths(pod, spec, context) }
    },
  }
}

async function makeVolumes(
  pod: Pod,
  keys: KeyStore,
  context: PrepareContext,
): Promise<ReadonlyMap<string, MountedVolume>> {
  const { options, folder, nodeName } = context
  const made = new Map<string, MountedVolume>()
  for (const volume of pod.spec.volumes ?? []) {
    made.set(
      volume.name,
      await makeVolume(volume, {
        pod,
        keys,
        nodeName,
        folder: join(folder, 'volumes'),
        claims: join(options.folders.claims, options.namespace),
        allowedHostPaths: options.allowedHostPaths,
        serviceAccountToken: options.cluster.token,
      }),
    )
  }
  return made
}

function baseEnv(pod: Pod, { cluster }: EngineOptions): Readonly<Record<string, string>> {
  const port = String(cluster.port)
  return {
    PATH: defaultPath,
    HOSTNAME: pod.metadata.name ?? '',
    HOME: process.getuid?.() === 0 ? '/root' : homedir(),
    KUBERNETES_SERVICE_HOST: cluster.host,
    KUBERNETES_SERVICE_PORT: port,
    KUBERNETES_SERVICE_PORT_HTTPS: port,
    KUBERNETES_PORT: `tcp://${cluster.host}:${port}`,
  }
}

/** Only without isolation, and only for the user's own container, do paths of a step lie on the laptop itself. */
async function placePaths(pod: Pod, spec: BoxSpec, { options, signal }: PrepareContext): Promise<() => void> {
  if (spec.root.type !== 'none' || userCommand(spec.run) === undefined) return () => undefined
  const links = spec.mounts
    .filter(({ target }) => !isPodPath(target))
    .map(({ source, target }) => ({ path: target, source }))
  return options.placer.place({ links, outputs: outputPaths(pod) }, signal)
}

function rootOf(
  { image = '', name }: PodContainer,
  { images, root }: EngineOptions,
  podFolder: string,
): BoxRoot {
  if (root.type === 'none') return { type: 'none', path: join(podFolder, 'root', name) }
  const folder = images[image]?.root
  return folder === undefined ? root : { type: 'folder', path: folder }
}

/** init finds the program installed already: every container of a laptop runs the same one anyway. */
function executableMount({ volumeMounts = [] }: PodContainer, executable: string): readonly BoxMount[] {
  const hasMailbox = volumeMounts.some(
    ({ name, mountPath }) => name === volumeNames.varRunArgo && mountPath === varRunArgo,
  )
  return hasMailbox ? [fileMount(executable, `${varRunArgo}/argoexec`, true)] : []
}

function accountMount({ volumeMounts = [] }: PodContainer, account: string): readonly BoxMount[] {
  if (volumeMounts.some(({ mountPath }) => mountPath === serviceAccountDir)) return []
  return [{ source: account, target: serviceAccountDir, type: 'folder', readOnly: true }]
}

function fileMount(source: string, target: string, readOnly = false): BoxMount {
  return { source, target, type: 'file', readOnly }
}

function securityOf({
  securityContext = {},
}: PodContainer): Pick<BoxSpec, 'readOnlyRoot' | 'noNewPrivileges' | 'capabilities'> {
  const { readOnlyRootFilesystem, allowPrivilegeEscalation, capabilities } = securityContext
  return {
    readOnlyRoot: readOnlyRootFilesystem === true,
    noNewPrivileges: allowPrivilegeEscalation === false,
    ...(capabilities === undefined ? {} : { capabilities }),
  }
}

/** Only root can run a container as somebody else; an ordinary user's containers run as that user. */
function userOf(pod: Pod, container: PodContainer): BoxUser | undefined {
  const context = { ...pod.spec.securityContext, ...container.securityContext }
  if (process.getuid?.() !== 0 || (context.runAsUser === undefined && context.runAsGroup === undefined))
    return undefined
  const gid = context.runAsGroup ?? 0
  const groups = [
    ...(context.supplementalGroups ?? []),
    ...(context.fsGroup === undefined ? [] : [context.fsGroup]),
  ]
  return { uid: context.runAsUser ?? 0, gid, groups }
}
