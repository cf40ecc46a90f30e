// /dev of a box: the harmless devices, fresh terminals, and the usual links; no disk, no memory, no terminal of the user.

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mount, mountFlag } from '../../process/libc.ts'
import { bind } from './mounts.ts'

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty']

const links: Readonly<Record<string, string>> = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
  ptmx: 'pts/ptmx',
}

const quiet = mountFlag.noSuid | mountFlag.noExec

export function makeDevices(root: string): void {
  const dev = join(root, 'dev')
  mkdirSync(dev, { recursive: true })
  mount({ source: 'tmpfs', target: dev, type: 'tmpfs', flags: quiet, options: 'mode=0755' })
  for (const name of devices) {
    const place = join(dev, name)
    writeFileSync(place, '')
    bind(`/dev/${name}`, place)
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(dev, name))
  mkdirSync(join(dev, 'shm'), { mode: 0o1777 })
  mkdirSync(join(dev, 'pts'))
  try {
    mount({
      source: 'devpts',
      target: join(dev, 'pts'),
      type: 'devpts',
      flags: quiet,
      options: 'newinstance,ptmxmode=0666,mode=0620',
    })
  } catch {
    // Terminals of its own are a convenience; containers without them still run everything that asks for none.
    rmSync(join(dev, 'ptmx'))
  }
}
