// The refusals of the embedded API, in the words of the real one, so that clients recognise them.

import { ArgoError, errorCode, errorMessage } from '../../errors/argo-error.ts'
import type { Resource } from '../../kube/api.ts'
import { KubeError, kubeStatusOf, type KubeStatus, type KubeStatusDetails } from '../../kube/kube-error.ts'

export const notFound = (resource: Resource, name: string): KubeError =>
  refuse(404, 'NotFound', `${qualified(resource)} "${name}" not found`, about(resource, name))

export const pathNotFound = (): KubeError =>
  refuse(404, 'NotFound', 'the server could not find the requested resource', {})

/** parity: a sub-resource that a custom resource does not have is answered like an object that is not there. */
export const subNotFound = (resource: Resource, name: string): KubeError =>
  resource.group === '' ? pathNotFound() : notFound(resource, name)

export function alreadyExists(resource: Resource, name: string, isBeingDeleted: boolean): KubeError {
  const message = `${isBeingDeleted ? 'object is being deleted: ' : ''}${qualified(resource)} "${name}" already exists`
  return refuse(409, 'AlreadyExists', message, about(resource, name))
}

export const conflict = (resource: Resource, name: string, why: string): KubeError =>
  refuse(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    about(resource, name),
  )

export const staleWrite = (resource: Resource, name: string): KubeError =>
  conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  )

export interface Cause {
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden'
  readonly message: string
  readonly field: string
}

export function invalid(resource: Resource, name: string, causes: readonly Cause[]): KubeError {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`)
  const text = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
  const details = {
    name,
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.kind,
    causes,
  }
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`
  return refuse(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, details)
}

export const unprocessable = (message: string): KubeError => refuse(422, 'Invalid', message)

export const badRequest = (message: string): KubeError => refuse(400, 'BadRequest', message)

export const expired = (message: string): KubeError => refuse(410, 'Expired', message)

export const internal = (message: string): KubeError =>
  refuse(500, 'InternalError', `Internal error occurred: ${message}`)

export const unauthorized = (): KubeError => refuse(401, 'Unauthorized', 'Unauthorized')

export const tooLarge = (limitBytes: number): KubeError =>
  refuse(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${String(limitBytes)}`)

export const notAllowed = (): KubeError =>
  refuse(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

export const unsupportedMedia = (accepted: readonly string[]): KubeError =>
  refuse(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    {},
  )

/** Any thrown value as the status that goes to the client. */
export function toKubeError(error: unknown): KubeError {
  const status = kubeStatusOf(error)
  if (error instanceof KubeError) return error
  if (status !== undefined) return new KubeError(status)
  if (error instanceof ArgoError) {
    switch (errorCode(error)) {
      case 'ERR_BAD_REQUEST':
        return badRequest(error.message)
      case 'ERR_INVALID_INPUT':
        return unprocessable(error.message)
      case 'ERR_NOT_FOUND':
        return refuse(404, 'NotFound', error.message)
    }
  }
  return internal(errorMessage(error))
}

/** The body that carries a status over the wire. */
export function statusBody(status: KubeStatus): Record<string, unknown> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: status.message,
    reason: status.reason,
    ...(status.details === undefined ? {} : { details: status.details }),
    code: status.code,
  }
}

/** `workflows.argoproj.io`, or `pods`. */
export function qualified(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
}

function about(resource: Resource, name: string): KubeStatusDetails {
  return { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural }
}

function refuse(code: number, reason: string, message: string, details?: KubeStatusDetails): KubeError {
  return new KubeError({ code, reason, message, ...(details === undefined ? {} : { details }) })
}
