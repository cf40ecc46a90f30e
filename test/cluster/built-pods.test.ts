// A real API server judges the pods that we build: with strict validation of every field, and nothing is created.

import { expect, test } from 'vitest'
import { buildPod } from '../../src/controller/pod/build-pod.ts'
import type { S3Artifact } from '../../src/spec/types.ts'
import { kubectl } from '../rig/kubectl.ts'
import { describeNeeding } from '../rig/needs.ts'
import { container, podInput, type PodInputParts } from '../rig/pod-input.ts'

const s3: S3Artifact = {
  endpoint: 's3',
  bucket: 'b',
  key: 'k',
  accessKeySecret: { name: 'my.secret', key: 'a' },
}

const cases: Readonly<Record<string, PodInputParts>> = {
  'a container': {},
  'a script with inputs, outputs and volumes': {
    spec: {
      volumes: [{ name: 'my-secret', emptyDir: {} }],
      podMetadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
      serviceAccountName: 'default',
      executor: { serviceAccountName: 'default' },
      automountServiceAccountToken: false,
      securityContext: { runAsUser: 65534, runAsNonRoot: true },
      hostAliases: [{ ip: '10.0.0.1', hostnames: ['x'] }],
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.0.0.1'] },
      tolerations: [{ key: 'x', operator: 'Exists' }],
      imagePullSecrets: [{ name: 'pull' }],
    },
    template: {
      name: 'script',
      inputs: { artifacts: [{ name: 'in', path: '/in/a', s3 }] },
      outputs: { artifacts: [{ name: 'out', path: '/vol/b' }] },
      script: {
        image: 'example.com/tool',
        command: ['sh'],
        source: 'true',
        volumeMounts: [{ name: 'my-secret', mountPath: '/vol' }],
      },
    },
    artifactRepository: { s3 },
    config: { kubeConfig: { secretName: 'kube', secretKey: 'config' }, instanceID: 'one' },
  },
  'what is too large for a process': {
    template: { name: 'large', container: container({ args: ['x'.repeat(200_000)] }) },
  },
}

describeNeeding({ cluster: true, programs: ['kubectl'] }, 'the API server accepts', () => {
  test.for(Object.entries(cases))('%s', async ([, parts]) => {
    const built = buildPod(podInput(parts))
    expect(built).toBeDefined()
    for (const object of [built?.configMap, built?.pod]) {
      if (object === undefined) continue
      const sent = { ...object, metadata: { ...object.metadata, namespace: 'default' } }
      const answer = await kubectl(['create', '--dry-run=server', '--validate=strict', '-f', '-'], sent)
      expect(answer).toContain('created (server dry run)')
    }
  })
})
