// The pod of a node, rule by rule: fields that are passed on, and deadlines.

import { describe, expect, test } from 'vitest'
import { buildPod } from '../../../../src/controller/pod/build-pod.ts'
import { build, template, variables } from '../../../rig/node-pod.ts'
import { container, podInput, type PodInputParts } from '../../../rig/pod-input.ts'

describe('fields that are passed on', () => {
  test('placement: template, boundary, workflow', () => {
    const of = (name: string) => ({
      nodeSelector: { at: name },
      tolerations: [{ key: name }],
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: name }] } },
    })
    const spec = {
      ...of('workflow'),
      schedulerName: 's',
      podPriorityClassName: 'low',
      hostNetwork: true,
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['1.1.1.1'] },
      imagePullSecrets: [{ name: 'pull' }],
      securityContext: { runAsUser: 1 },
      hostAliases: [{ ip: '1.2.3.4' }],
    }
    const main = { container: container() }
    expect(build({ spec, template: main }).pod.spec).toMatchObject({
      ...of('workflow'),
      schedulerName: 's',
      priorityClassName: 'low',
      hostNetwork: true,
      dnsPolicy: 'None',
      imagePullSecrets: [{ name: 'pull' }],
      securityContext: { runAsUser: 1 },
    })
    expect(build({ spec, template: main, boundaryTemplate: of('boundary') }).pod.spec).toMatchObject(
      of('boundary'),
    )
    const own = {
      ...of('own'),
      ...main,
      schedulerName: 'mine',
      priorityClassName: 'high',
      securityContext: {},
      hostAliases: [{ ip: '5.6.7.8' }],
    }
    expect(build({ spec, template: own, boundaryTemplate: of('boundary') }).pod.spec).toMatchObject({
      ...of('own'),
      schedulerName: 'mine',
      priorityClassName: 'high',
      securityContext: {},
      hostAliases: [{ ip: '1.2.3.4' }, { ip: '5.6.7.8' }],
    })
    expect(build({ spec: { hostNetwork: false, tolerations: [] } }).pod.spec).not.toHaveProperty(
      'hostNetwork',
    )
  })

  test('values that mean nothing are left out, as Argo leaves them out', () => {
    const user = container({
      tty: false,
      args: [],
      ports: [],
      envFrom: [],
      volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: false }],
    })
    const { pod } = build({
      spec: { volumes: [{ name: 'v', hostPath: { path: '/x', type: '' } }] },
      template: { container: user },
    })
    expect(Object.keys(pod.spec.containers[1] ?? {})).toEqual([
      'name',
      'image',
      'command',
      'env',
      'resources',
      'volumeMounts',
    ])
    expect(pod.spec.containers[1]?.volumeMounts?.[0]).toEqual({ name: 'v', mountPath: '/v' })
    expect(Object.keys(pod.spec)).toEqual(['volumes', 'initContainers', 'containers', 'restartPolicy'])
  })

  test('a volume that is mounted must exist', () => {
    expect(() =>
      build({ template: { container: container({ volumeMounts: [{ name: 'ghost', mountPath: '/g' }] }) } }),
    ).toThrow("volume 'ghost' not found in workflow spec")
  })

  test('metadata: own keys, workflow, template', () => {
    const built = build({
      onExit: true,
      config: { instanceID: 'one' },
      spec: { podMetadata: { labels: { a: 'w', b: 'w' }, annotations: { n: 'w' } } },
      template: { metadata: { labels: { b: 't' } }, container: container() },
    })
    expect(built.pod.metadata.labels).toEqual({
      a: 'w',
      b: 't',
      'workflows.argoproj.io/completed': 'false',
      'workflows.argoproj.io/controller-instanceid': 'one',
      'workflows.argoproj.io/on-exit': 'true',
      'workflows.argoproj.io/workflow': 'wf',
    })
    expect(built.pod.metadata.annotations).toMatchObject({
      n: 'w',
      'kubectl.kubernetes.io/default-container': 'main',
      'workflows.argoproj.io/node-name': 'wf.step',
    })
    expect(template(built).metadata).toEqual({ annotations: { n: 'w' }, labels: { a: 'w', b: 't' } })
    expect(variables(built, 'wait')['ARGO_INSTANCE_ID']).toBe('one')
  })
})

describe('deadlines', () => {
  const end = new Date('2026-01-01T00:01:00.900Z')
  const of = (parts: PodInputParts): unknown => build(parts).pod.spec.activeDeadlineSeconds

  test('the shorter of template and workflow, in whole seconds', () => {
    expect(of({})).toBeUndefined()
    expect(of({ workflowDeadline: end })).toBe(60)
    expect(
      of({ template: { activeDeadlineSeconds: '5', container: container() }, workflowDeadline: end }),
    ).toBe(5)
    expect(
      of({ template: { activeDeadlineSeconds: 500, container: container() }, workflowDeadline: end }),
    ).toBe(60)
    expect(() =>
      of({ template: { name: 't', activeDeadlineSeconds: '{{x}}', container: container() } }),
    ).toThrow('activeDeadlineSeconds of template t is "{{x}}"')
  })

  test('none for the exit handler; no pod when it is over; a pause stops the clock', () => {
    expect(of({ workflowDeadline: end, onExit: true })).toBeUndefined()
    expect(buildPod(podInput({ workflowDeadline: new Date('2026-01-01T00:00:01Z') }))).toBeUndefined()
    const paused = {
      container: container({ env: [{ name: 'ARGO_DEBUG_PAUSE_AFTER', value: '' }] }),
      activeDeadlineSeconds: 5,
    }
    expect(of({ template: paused })).toBeUndefined()
  })

  test('ARGO_DEADLINE is the earliest end, or none', () => {
    const at = (parts: PodInputParts): unknown => variables(build(parts), 'wait')['ARGO_DEADLINE']
    expect(at({})).toBe('0001-01-01T00:00:00Z')
    expect(at({ workflowDeadline: end })).toBe('2026-01-01T00:01:00Z')
    expect(at({ workflowDeadline: end, onExit: true })).toBe('0001-01-01T00:00:00Z')
    expect(at({ workflowDeadline: end, executionDeadline: new Date('2026-01-01T00:00:30Z') })).toBe(
      '2026-01-01T00:00:30Z',
    )
  })
})
