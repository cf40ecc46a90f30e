// The environment of a container: the cluster's variables, envFrom, env with its references, in Kubernetes' order.

import { cpus, totalmem } from 'node:os'
import { ArgoError } from '../../errors/argo-error.ts'
import { expand } from './expand.ts'
import { fieldOf } from './field-ref.ts'
import type { KeyStore } from './key-store.ts'
import type { EnvVar, KeyRef, Pod, PodContainer } from './pod.ts'

export interface EnvContext {
  readonly pod: Pod
  readonly keys: KeyStore
  readonly nodeName: string
  /** What container runtimes and the cluster give every container. */
  readonly base: Readonly<Record<string, string>>
}

export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Throws ERR_NOT_FOUND for a missing reference; the message names the variable, never a value. */
export async function containerEnv(
  container: PodContainer,
  context: EnvContext,
): Promise<Readonly<Record<string, string>>> {
  const env: Record<string, string> = {
    ...context.base,
    ...(container.tty === true ? { TERM: 'xterm' } : {}),
  }
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const kind = configMapRef === undefined ? 'secret' : 'configmap'
    const ref = configMapRef ?? secretRef
    if (ref?.name === undefined) continue
    const keys = await context.keys.read(kind, ref.name, ref.optional)
    for (const [key, value] of keys ?? []) env[prefix + key] = value.toString('utf8')
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, container, context, env)
    if (value !== undefined) env[variable.name] = value
  }
  return env
}

async function valueOf(
  { name, value, valueFrom }: EnvVar,
  container: PodContainer,
  context: EnvContext,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  if (valueFrom === undefined) return expand(value ?? '', env)
  const { fieldRef, configMapKeyRef, secretKeyRef, resourceFieldRef } = valueFrom
  if (fieldRef !== undefined) return fieldOf(context.pod, fieldRef.fieldPath, context.nodeName)
  if (configMapKeyRef !== undefined) return fromKey('configmap', configMapKeyRef, name, context.keys)
  if (secretKeyRef !== undefined) return fromKey('secret', secretKeyRef, name, context.keys)
  if (resourceFieldRef !== undefined) return resourceOf(container, resourceFieldRef.resource)
  return ''
}

async function fromKey(
  kind: 'configmap' | 'secret',
  ref: KeyRef,
  variable: string,
  keys: KeyStore,
): Promise<string | undefined> {
  const found = (await keys.read(kind, ref.name ?? '', ref.optional))?.get(ref.key)
  if (found !== undefined) return found.toString('utf8')
  if (ref.optional === true) return undefined
  throw new ArgoError(
    `couldn't find key ${ref.key} in ${kind} ${ref.name ?? ''} for the variable ${variable}`,
    {
      code: 'ERR_NOT_FOUND',
    },
  )
}

/** Limits are not enforced on a laptop; what is asked for without a limit is what the laptop has. */
function resourceOf({ resources }: PodContainer, path: string): string {
  const [kind, resource = ''] = path.split('.')
  const set = kind === 'limits' ? resources?.limits?.[resource] : resources?.requests?.[resource]
  if (typeof set === 'string' || typeof set === 'number') return String(set)
  if (resource === 'cpu') return String(cpus().length)
  return resource === 'memory' ? String(totalmem()) : '0'
}
