// Placeholder until its owner writes it.
import { ArgoError } from '../src/errors/argo-error.ts'

export function artifact(argv: readonly string[]): Promise<number> {
  throw new ArgoError(`artifact ${argv.join(' ')}: not there yet`, { code: 'ERR_NOT_IMPLEMENTED' })
}
