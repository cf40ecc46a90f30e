// Placeholder until its owner writes it.
import { ArgoError } from '../src/errors/argo-error.ts'

export function logs(argv: readonly string[]): Promise<number> {
  throw new ArgoError(`logs ${argv.join(' ')}: not there yet`, { code: 'ERR_NOT_IMPLEMENTED' })
}
