// What the embedded API tells about itself: enough for kubectl to find its resources.

import { apiVersionOf, served, type ServedResource } from './resource-table.ts'

/** The fixed answer for a path, or undefined when it is none of discovery. */
export function discovery(path: string): unknown {
  switch (path) {
    case '/version':
      return { major: '1', minor: '34', gitVersion: 'v1.34.0-argo-embedded', platform: 'linux' }
    case '/api':
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
    case '/apis':
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: [argoGroup()] }
    case '/apis/argoproj.io':
      return { kind: 'APIGroup', apiVersion: 'v1', ...argoGroup() }
    case '/api/v1':
      return resourceList('')
    case '/apis/argoproj.io/v1alpha1':
      return resourceList('argoproj.io')
    case '/openapi/v3':
      return {
        paths: Object.fromEntries(
          Object.keys(groupPaths).map((key) => [key, { serverRelativeURL: `/openapi/v3/${key}` }]),
        ),
      }
    default:
      return path.startsWith('/openapi/v3/') ? openApi(path.slice('/openapi/v3/'.length)) : undefined
  }
}

const groupPaths: Readonly<Record<string, string>> = {
  'api/v1': '',
  'apis/argoproj.io/v1alpha1': 'argoproj.io',
}

function argoGroup(): Record<string, unknown> {
  const version = { groupVersion: 'argoproj.io/v1alpha1', version: 'v1alpha1' }
  return { name: 'argoproj.io', versions: [version], preferredVersion: version }
}

function resourceList(group: string): Record<string, unknown> {
  const members = served.filter((one) => one.group === group)
  const first = members[0]
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: first === undefined ? '' : apiVersionOf(first),
    resources: members.flatMap((one) => [entry(one), ...subEntries(one)]),
  }
}

function entry(one: ServedResource): Record<string, unknown> {
  return {
    name: one.plural,
    singularName: one.singular,
    namespaced: one.namespaced,
    kind: one.kind,
    verbs: one.verbs,
    ...(one.shortNames === undefined ? {} : { shortNames: one.shortNames }),
  }
}

function subEntries(one: ServedResource): readonly Record<string, unknown>[] {
  const sub = (name: string, kind: string, verbs: readonly string[]): Record<string, unknown> => ({
    name: `${one.plural}/${name}`,
    singularName: '',
    namespaced: one.namespaced,
    kind,
    verbs,
  })
  return [
    ...(one.hasStatus === true ? [sub('status', one.kind, ['get', 'patch', 'update'])] : []),
    ...(one.kind === 'Pod'
      ? [sub('log', 'Pod', ['get']), sub('exec', 'PodExecOptions', ['create', 'get'])]
      : []),
  ]
}

/**
 * kubectl asks OpenAPI one thing before it writes: whether the server validates fields itself. Only that is said; there
 * are no schemas to give.
 */
function openApi(key: string): unknown {
  const group = groupPaths[key]
  if (group === undefined) return undefined
  const paths = served
    .filter((one) => one.group === group)
    .map((one) => [
      `/${key}/${one.namespaced ? 'namespaces/{namespace}/' : ''}${one.plural}/{name}`,
      {
        patch: {
          parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
          responses: { 200: { description: 'OK' } },
          'x-kubernetes-action': 'patch',
          'x-kubernetes-group-version-kind': { group: one.group, version: one.version, kind: one.kind },
        },
      },
    ])
  return {
    openapi: '3.0.0',
    info: { title: 'argo', version: 'v1' },
    paths: Object.fromEntries(paths) as unknown,
  }
}
