// What the embedded API refuses in an object: the few rules that keep a workflow that runs here from failing on a cluster.

import type { Json, JsonObject } from '../../spec/types.ts'
import { isObject } from '../../kube/patch/merge.ts'
import { apiVersionOf, type ServedResource } from './resource-table.ts'
import { badRequest, invalid, type Cause } from './status-errors.ts'

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const labelName = /^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const labelNameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

/** The body of a create or update as an object of this resource; throws the refusal of a body that is something else. */
export function checkShape(
  resource: ServedResource,
  body: unknown,
): JsonObject & { readonly metadata: JsonObject } {
  if (!isObject(body as Json)) throw badRequest(`the body of the request is no ${resource.kind}`)
  const object = body as JsonObject
  const kind = object['kind'] ?? ''
  const apiVersion = object['apiVersion'] ?? ''
  const custom = resource.strategic === undefined
  if (custom && (kind === '' || apiVersion === ''))
    throw badRequest("Object 'Kind' and 'apiVersion' are required")
  if (
    (kind !== '' && kind !== resource.kind) ||
    (apiVersion !== '' && apiVersion !== apiVersionOf(resource))
  ) {
    throw badRequest(
      `${show(kind)} in version "${show(apiVersion)}" cannot be handled as a ${resource.kind}: the path is that of ${apiVersionOf(resource)}`,
    )
  }
  const metadata = object['metadata'] ?? {}
  if (!isObject(metadata)) throw badRequest('metadata is no object')
  return {
    ...object,
    ...dataMaps(resource, object),
    metadata: { ...metadata, ...stringMaps(metadata, ['labels', 'annotations'], 'ObjectMeta.metadata') },
  }
}

/** Throws 422 with every field that is wrong. */
export function checkObject(
  resource: ServedResource,
  object: JsonObject & { readonly metadata: JsonObject },
  name: string,
): void {
  const causes: Cause[] = []
  const bad = (field: string, value: Json, rule: string): void => {
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(value)}: ${rule}`,
      field,
    })
  }
  if (resource.plural === 'namespaces' ? !label.test(name) : !subdomain.test(name))
    bad('metadata.name', name, subdomainRule)
  else if (name.length > 253) bad('metadata.name', name, 'must be no more than 253 characters')
  const { labels } = object.metadata
  for (const [key, value] of Object.entries(isObject(labels) ? labels : {})) {
    const slash = key.indexOf('/')
    if (slash >= 0 && !subdomain.test(key.slice(0, slash)))
      bad('metadata.labels', key, `prefix part ${subdomainRule}`)
    if (!labelName.test(key.slice(slash + 1))) bad('metadata.labels', key, labelNameRule)
    if (typeof value === 'string' && !labelValue.test(value)) bad('metadata.labels', value, labelValueRule)
  }
  if (resource.kind === 'Pod') causes.push(...podCauses(object))
  if (causes.length > 0) throw invalid(resource, name, causes)
}

function podCauses(object: JsonObject): readonly Cause[] {
  const spec = isObject(object['spec']) ? object['spec'] : {}
  const containers = spec['containers']
  if (!Array.isArray(containers) || containers.length === 0) {
    return [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers' }]
  }
  return (containers as readonly Json[]).flatMap((container, index) => {
    const name = isObject(container) ? container['name'] : undefined
    const field = `spec.containers[${String(index)}].name`
    return typeof name === 'string' && label.test(name)
      ? []
      : [
          {
            reason: 'FieldValueInvalid' as const,
            message: `Invalid value: ${JSON.stringify(name ?? '')}: a lowercase RFC 1123 label is needed`,
            field,
          },
        ]
  })
}

function dataMaps(resource: ServedResource, object: JsonObject): JsonObject {
  if (resource.kind !== 'ConfigMap' && resource.kind !== 'Secret') return {}
  const bytes = resource.kind === 'Secret' ? 'data' : 'binaryData'
  const maps = stringMaps(
    object,
    resource.kind === 'Secret' ? ['data', 'stringData'] : ['data', 'binaryData'],
    resource.kind,
  )
  for (const value of Object.values((maps[bytes] ?? {}) as Readonly<Record<string, string>>)) {
    if (!base64.test(value)) throw badRequest(`illegal base64 data in ${resource.kind}.${bytes}`)
  }
  return maps
}

/** The named fields as maps of text; null is the empty text to the API, anything else is refused. */
function stringMaps(object: JsonObject, names: readonly string[], type: string): JsonObject {
  const maps = names.flatMap((name) => {
    const map = object[name]
    if (map === undefined || map === null) return []
    if (!isObject(map)) throw mismatch(map, `${type}.${name} of type map[string]string`)
    const entries = Object.entries(map).map(([key, value]) => {
      if (typeof value !== 'string' && value !== null)
        throw mismatch(value ?? null, `${type}.${name} of type string`)
      return [key, value ?? '']
    })
    return [[name, Object.fromEntries(entries) as JsonObject] as const]
  })
  return Object.fromEntries(maps)
}

function mismatch(value: Json, field: string): Error {
  return badRequest(`json: cannot unmarshal ${typeName(value)} into Go struct field ${field}`)
}

/** A value from a client in a message. */
export function show(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

function typeName(value: Json): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
