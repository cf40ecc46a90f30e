// What a workflow asks for and a laptop does not do, told before the first step starts.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isRootsCapability } from '../../src/local/box/drop-privileges.ts'
import { namespace } from '../../src/local/state/names.ts'
import type { Container, ControllerConfig, JsonObject, Template, Workflow } from '../../src/spec/types.ts'

export interface Surroundings {
  readonly uid: number
  readonly isIsolated: boolean
  readonly config: ControllerConfig
  /** Folder of the claims of this laptop. */
  readonly claims: string
}

/** Lines for the screen. What is true of every workflow (no limits, no scheduling) is told by the documentation. */
export function unlikeCluster(workflow: Workflow, surroundings: Surroundings): readonly string[] {
  return [
    ...notDone(workflow, surroundings),
    ...newClaims(workflow, surroundings),
    ...withoutCommand(workflow, surroundings),
    ...otherNamespace(workflow),
  ].map((line) => `note: ${line}`)
}

/** One line: what it is, and in which templates. */
function notDone({ spec }: Workflow, surroundings: Surroundings): readonly string[] {
  const places = new Map<string, Set<string>>()
  const tell = (wishes: readonly string[], template: string): void => {
    for (const wish of wishes) places.set(wish, (places.get(wish) ?? new Set()).add(template))
  }
  tell([...volumeWishes(spec.volumes), ...aliasWishes(spec.hostAliases, surroundings)], '')
  for (const template of spec.templates ?? []) {
    const container = template.container ?? template.script
    if (container === undefined) continue
    const pod = { ...objectOf(spec.securityContext), ...objectOf(template.securityContext) }
    const wishes = [
      ...volumeWishes(template.volumes),
      ...aliasWishes(template.hostAliases, surroundings),
      ...containerWishes(container),
      ...securityWishes(pod, objectOf(container.securityContext), surroundings),
    ]
    tell(wishes, template.name ?? '')
  }
  if (places.size === 0) return []
  const words = [...places].map(([wish, templates]) => {
    const names = [...templates].filter((name) => name !== '').join(', ')
    return names === '' ? wish : `${wish} (template ${names})`
  })
  return [`not done on a laptop: ${words.join('; ')}`]
}

function volumeWishes(volumes: Template['volumes'] = []): readonly string[] {
  return volumes.flatMap(({ name, emptyDir }) => {
    const { medium, sizeLimit } = objectOf(emptyDir)
    return [
      ...(medium === 'Memory'
        ? [`emptyDir.medium Memory of the volume ${name}, which lies on the disk`]
        : []),
      ...(sizeLimit === undefined ? [] : [`emptyDir.sizeLimit of the volume ${name}`]),
    ]
  })
}

function aliasWishes(aliases: Template['hostAliases'] = [], { isIsolated }: Surroundings): readonly string[] {
  return aliases.length > 0 && !isIsolated ? ['hostAliases without isolation'] : []
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe']

function containerWishes(container: Container): readonly string[] {
  const hooks = Object.keys(objectOf(container['lifecycle'])).map((hook) => `lifecycle.${hook}`)
  return [...hooks, ...probes.filter((probe) => container[probe] !== undefined)]
}

const profiles = ['seccompProfile', 'appArmorProfile', 'seLinuxOptions', 'procMount', 'sysctls']

/** What of the two contexts the engine cannot give; a container's wins over its pod's. */
function securityWishes(
  pod: JsonObject,
  container: JsonObject,
  { uid, isIsolated }: Surroundings,
): readonly string[] {
  const wanted: JsonObject = { ...pod, ...container }
  const { runAsUser, runAsGroup, runAsNonRoot } = wanted
  const { add, drop } = objectOf(wanted['capabilities'])
  const isObeyed = uid === 0 && isIsolated
  const why = uid === 0 ? 'without isolation' : '(you are not root)'
  const found: string[] = []
  if (!isObeyed && runAsUser !== undefined && runAsUser !== uid)
    found.push(`runAsUser ${JSON.stringify(runAsUser)} ${why}`)
  if (!isObeyed && runAsGroup !== undefined && runAsGroup !== process.getgid?.())
    found.push(`runAsGroup ${JSON.stringify(runAsGroup)} ${why}`)
  if (runAsNonRoot === true && uid === 0 && !(isObeyed && runAsUser !== undefined && runAsUser !== 0))
    found.push('runAsNonRoot (you are root)')
  if (wanted['privileged'] === true) found.push('privileged')
  const added = listOf(add).filter((name) => !isObeyed || !isRootsCapability(name))
  if (added.length > 0) found.push(`capabilities.add ${added.join(' ')}`)
  if (!isIsolated && uid === 0 && listOf(drop).length > 0)
    found.push(`capabilities.drop ${listOf(drop).join(' ')} ${why}`)
  if (!isIsolated && wanted['readOnlyRootFilesystem'] === true)
    found.push('readOnlyRootFilesystem without isolation')
  return [...found, ...profiles.filter((profile) => wanted[profile] !== undefined)]
}

function newClaims({ spec }: Workflow, { claims }: Surroundings): readonly string[] {
  const volumes = [...(spec.volumes ?? []), ...(spec.templates ?? []).flatMap((one) => one.volumes ?? [])]
  const names = volumes.flatMap(({ persistentVolumeClaim }) => {
    const { claimName } = objectOf(persistentVolumeClaim)
    return typeof claimName === 'string' && !claimName.includes('{{') ? [claimName] : []
  })
  return [...new Set(names)].flatMap((name) => {
    const path = join(claims, namespace, encodeURIComponent(name))
    return existsSync(path)
      ? []
      : [`there is no PersistentVolumeClaim ${name} yet; it is an empty folder: ${path}`]
  })
}

function withoutCommand({ spec }: Workflow, { config }: Surroundings): readonly string[] {
  if (config.mainContainer?.command !== undefined) return []
  const images = (spec.templates ?? []).flatMap(({ container, script }) => {
    const { image = '', command = [] } = container ?? script ?? {}
    const isKnown = Object.hasOwn(config.images ?? {}, image)
    return image === '' || command.length > 0 || isKnown || image.includes('{{') ? [] : [image]
  })
  return [...new Set(images)].map((image) => {
    const entry = `images: {${JSON.stringify(image)}: {entrypoint: [COMMAND]}}`
    return `the command of the image ${image} is not known, nothing is pulled here; write command: into the template, or into a file for --config: ${entry}`
  })
}

function otherNamespace({ metadata }: Workflow): readonly string[] {
  const wanted = metadata.namespace ?? namespace
  return wanted === namespace ? [] : [`namespace ${wanted}: a laptop has ${namespace} alone, it runs there`]
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
