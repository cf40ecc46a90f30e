// The controller's first call to the API: a cluster that is not there yet is waited for, and that is told.

import { expect, test } from 'vitest'
import { readConfig } from '../../../../roles/controller/read-config.ts'
import { createKubeClient } from '../../../../src/kube/rest-client.ts'
import { createLogger } from '../../../../src/log/logger.ts'
import { startHttp } from '../../../rig/http-server.ts'

test('refused connections are tried again, with a line for each, until the API answers', async () => {
  await using server = await startHttp((_request, _body, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata: {}, data: { instanceID: 'mine' } }),
    )
  })
  await server.close()
  const lines: string[] = []
  const log = createLogger({
    write: (line) => {
      lines.push(line)
      if (lines.length === 1) void server.open()
    },
  })
  const api = createKubeClient({ server: server.url }, { env: {} })
  const { signal } = new AbortController()
  const { config } = await readConfig(api, { namespace: 'argo', name: 'settings', log, signal })
  api.close()
  expect(config.instanceID).toBe('mine')
  expect(lines[0]).toMatch(/level=warn .*the API does not answer yet, trying again.*ECONNREFUSED/)
})
