// Reads one key of a ConfigMap that was made for parameters.

import { ArgoError } from '../../errors/argo-error.ts'
import { labels } from '../../pod/names.ts'
import type { ConfigMap } from '../pod/pod-types.ts'
import type { KeySelector } from '../../spec/types.ts'

/** Gives the ConfigMap of the workflow's namespace that carries the label of parameters. */
export type ParameterConfigMaps = (name: string) => ConfigMap | undefined

/** @throws ArgoError ERR_NOT_FOUND with Argo's text when the ConfigMap or the key is missing. */
export function configMapValue(configMaps: ParameterConfigMaps, selector: KeySelector): string {
  const name = selector.name ?? ''
  const value = configMaps(name)
  if (value === undefined) {
    throw new ArgoError(
      `ConfigMap '${name}' does not exist. Please make sure it has the label ${labels.configMapType}: Parameter to be detectable by the controller`,
      { code: 'ERR_NOT_FOUND' },
    )
  }
  const text = Object.hasOwn(value.data ?? {}, selector.key) ? value.data[selector.key] : undefined
  if (text === undefined) {
    throw new ArgoError(`ConfigMap '${name}' does not have the key '${selector.key}'`, {
      code: 'ERR_NOT_FOUND',
    })
  }
  return text
}
