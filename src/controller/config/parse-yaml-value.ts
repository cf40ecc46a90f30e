// Reads one YAML value that stands as text in a ConfigMap.

import { ArgoError } from '../../errors/argo-error.ts'
import { parseManifests } from '../../spec/manifest/parse-manifests.ts'

/** `where` names the text in messages. Empty text gives undefined. @throws ArgoError ERR_INVALID_INPUT. */
export function parseYamlValue(text: string, where: string): unknown {
  if (text.trim() === '') return undefined
  const { documents, problems } = parseManifests(text, where)
  const problem = problems.find(({ level }) => level === 'error')
  if (problem !== undefined) {
    const place = problem.position === undefined ? '' : ` line ${problem.position.line}`
    throw new ArgoError(`read ${where}${place}: ${problem.message}`, { code: 'ERR_INVALID_INPUT' })
  }
  if (documents.length !== 1) {
    throw new ArgoError(`read ${where}: expected one YAML document, found ${documents.length}`, {
      code: 'ERR_INVALID_INPUT',
    })
  }
  return documents[0]?.value
}
