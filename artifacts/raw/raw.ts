// The raw "store": the bytes stand in the workflow itself. Input only (spec executor 6.8).

import { writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import type { Artifact } from '../../src/spec/types.ts'
import type { ArtifactDriver } from '../driver.ts'
import { appearAt } from '../transfer/appear-at.ts'
import { unsupported } from '../unsupported.ts'

export const rawModule = { connectionOf: () => '', create: async () => createRawDriver() }

function createRawDriver(): ArtifactDriver {
  const noSave = unsupported('Raw output artifacts unsupported', 'give the output an S3 or HTTP location')
  const noStore = (what: string): (() => Promise<never>) =>
    unsupported(`${what} a raw artifact is not possible`, 'its bytes are part of the workflow')
  return {
    name: 'raw',
    capabilities: {
      load: true,
      save: false,
      directories: false,
      ranges: true,
      list: false,
      delete: false,
      stat: true,
      checksum: 'none',
    },
    load: async (artifact, path) => {
      await appearAt(path, async (temporary) => writeFileSync(temporary, bytesOf(artifact), { flag: 'wx' }))
    },
    save: noSave,
    saveStream: noSave,
    openStream: async (artifact, { offset = 0, length }) => {
      return Readable.from([
        bytesOf(artifact).subarray(offset, length === undefined ? undefined : offset + length),
      ])
    },
    stat: async (artifact) => ({ key: artifact.name, sizeBytes: bytesOf(artifact).length }),
    isDirectory: async () => false,
    list: noStore('listing'),
    delete: noStore('deleting'),
    close: async () => {},
  }
}

function bytesOf(artifact: Artifact): Buffer {
  return Buffer.from(artifact.raw?.data ?? '')
}
