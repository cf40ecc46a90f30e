// Placeholder until its owner writes it.
import { ArgoError } from '../src/errors/argo-error.ts'

export function controller(argv: readonly string[]): Promise<number> {
  throw new ArgoError(`controller ${argv.join(' ')}: not there yet`, { code: 'ERR_NOT_IMPLEMENTED' })
}
