// What a pod gets beside its command: volumes, variables, users, metadata.

import { busybox, workflow, type Fields, type Scenario } from './scenario.ts'

const secret: Fields = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'scenario-secret' },
  stringData: { password: 's3cr3t' },
}

const settings: Fields = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'scenario-settings' },
  data: { 'a.conf': 'x=1', b: 'y' },
}

/** One container that checks line by line and stops at the first that does not hold. */
function checks(lines: readonly string[], container: Fields, more: Fields = {}): Fields {
  return {
    name: 'main',
    container: {
      image: busybox,
      command: ['sh', '-exc'],
      args: [lines.join('\n')],
      ...container,
    },
    ...more,
  }
}

export const pods: readonly Scenario[] = [
  {
    name: 'volumes: Secret with items and a mode, ConfigMap, subPath, projected, optional',
    objects: () => [secret, settings],
    workflow: workflow(
      [
        checks(
          [
            'test "$(cat /s/sub/password)" = s3cr3t',
            'test "$(stat -L -c %a /s/sub/password)" = 400',
            'test "$(cat /c/a.conf)" = x=1',
            'test "$(cat /one)" = x=1',
            'test "$(cat /p/renamed /p/password)" = ys3cr3t',
            'grep -q workflows.argoproj.io/workflow /p/labels',
            'test -z "$(ls /o)"',
          ],
          {
            volumeMounts: [
              { name: 'secret', mountPath: '/s' },
              { name: 'settings', mountPath: '/c', readOnly: true },
              { name: 'settings', mountPath: '/one', subPath: 'a.conf' },
              { name: 'all', mountPath: '/p' },
              { name: 'optional', mountPath: '/o' },
            ],
          },
        ),
      ],
      {
        volumes: [
          {
            name: 'secret',
            secret: {
              secretName: 'scenario-secret',
              defaultMode: 0o400,
              items: [{ key: 'password', path: 'sub/password' }],
            },
          },
          { name: 'settings', configMap: { name: 'scenario-settings' } },
          { name: 'optional', configMap: { name: 'scenario-absent', optional: true } },
          {
            name: 'all',
            projected: {
              sources: [
                { secret: { name: 'scenario-secret' } },
                { configMap: { name: 'scenario-settings', items: [{ key: 'b', path: 'renamed' }] } },
                { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
              ],
            },
          },
        ],
      },
    ),
    phase: 'Succeeded',
  },
  {
    name: 'variables: of Secrets, ConfigMaps and fields, with a prefix, with references',
    objects: () => [secret, settings],
    workflow: workflow([
      checks(
        [
          'test "$PASSWORD" = s3cr3t',
          'test -z "$NONE"',
          'test -n "$POD"',
          'test "$PRE_b" = y',
          `test "$REFERENCE" = '<y-'"$"'(B)-'"$"'(UNKNOWN)>'`,
        ],
        {
          env: [
            { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'scenario-secret', key: 'password' } } },
            { name: 'B', valueFrom: { configMapKeyRef: { name: 'scenario-settings', key: 'b' } } },
            {
              name: 'NONE',
              valueFrom: { configMapKeyRef: { name: 'scenario-absent', key: 'b', optional: true } },
            },
            { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'REFERENCE', value: '<$(B)-$$(B)-$(UNKNOWN)>' },
          ],
          envFrom: [{ prefix: 'PRE_', configMapRef: { name: 'scenario-settings' } }],
        },
      ),
    ]),
    phase: 'Succeeded',
  },
  {
    name: 'volumes: an emptyDir is each pod its own; files travel between pods as artifacts',
    workflow: workflow(
      [
        {
          name: 'main',
          steps: [
            [{ name: 'make', template: 'make' }],
            [
              {
                name: 'use',
                template: 'use',
                arguments: { artifacts: [{ name: 'a', from: '{{steps.make.outputs.artifacts.a}}' }] },
              },
            ],
          ],
        },
        {
          ...checks(['echo kept >/v/a', 'echo private >/v/b'], volume()),
          name: 'make',
          outputs: { artifacts: [{ name: 'a', path: '/v/a' }] },
        },
        {
          ...checks(['test "$(cat /v/a)" = kept', 'test ! -e /v/b'], volume()),
          name: 'use',
          inputs: { artifacts: [{ name: 'a', path: '/v/a' }] },
        },
      ],
      { volumes: [{ name: 'v', emptyDir: {} }] },
    ),
    phase: 'Succeeded',
  },
  {
    name: 'a user and a group, a working directory, resources, metadata with tags',
    workflow: workflow(
      [
        checks(
          ['id -u >/tmp/u', 'test "$(pwd)" = /tmp'],
          {
            workingDir: '/tmp',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
          },
          {
            metadata: { labels: { of: '{{workflow.mainEntrypoint}}' }, annotations: { note: 'b' } },
            outputs: { parameters: [{ name: 'u', valueFrom: { path: '/tmp/u' } }] },
          },
        ),
      ],
      {
        securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, runAsNonRoot: true },
        podMetadata: { labels: { pm: '1' } },
      },
    ),
    phase: 'Succeeded',
    nodes: { '*': { parameters: { u: '1000' } } },
  },
]

function volume(): Fields {
  return { volumeMounts: [{ name: 'v', mountPath: '/v' }] }
}
