// `argo run` as people call it: flags, files, results, refusals. Each case is a run of the built program.

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { argoPath, repositoryRoot } from '../rig/argoexec.ts'
import { openLaptop, shellWorkflow, type Laptop } from '../rig/laptop.ts'
import { describeNeeding } from '../rig/needs.ts'

const patient = { timeout: 60_000 }

/** The example, with a path of its own: without isolation all runs at once share the paths of this machine. */
function parametersOf(laptop: Laptop): string {
  const example = readFileSync(join(repositoryRoot, 'examples/parameters.yaml'), 'utf8')
  return laptop.file(
    'parameters.yaml',
    example.replaceAll('/tmp/line', `/tmp/${basename(laptop.folder)}-line`),
  )
}

describe.concurrent('flags', () => {
  test('-p wins over --parameter-file, which wins over the workflow', patient, async () => {
    await using laptop = openLaptop()
    const file = laptop.file('values.yaml', 'greeting: good morning\nwho: nobody\n')
    const result = await laptop.argo(
      'run',
      parametersOf(laptop),
      '--parameter-file',
      file,
      '-p',
      'who=moon and stars',
    )
    expect(result.stdout).toContain('line = good morning moon and stars')
    expect(result.exitCode).toBe(0)
  })

  test('--name and -o name', patient, async () => {
    await using laptop = openLaptop()
    const result = await laptop.argo('run', parametersOf(laptop), '--name', 'mine', '-o', 'name')
    expect(result.stdout).toBe('mine')
    const again = await laptop.argo('run', parametersOf(laptop), '--name', 'mine')
    expect(again.exitCode).toBe(2)
    expect(again.stderr).toContain('give this run another name with --name')
  })

  test(
    '-o json and -o yaml print the finished workflow, and nothing else goes to standard output',
    patient,
    async () => {
      await using laptop = openLaptop()
      const json = await laptop.argo('run', parametersOf(laptop), '-o', 'json')
      expect(JSON.parse(String(json.stdout))).toMatchObject({
        kind: 'Workflow',
        status: { phase: 'Succeeded' },
      })
      const yaml = await laptop.argo('get', '@latest', '-o', 'yaml')
      expect(yaml.stdout).toMatch(/^ {2}phase: Succeeded$/m)
    },
  )

  test('--entrypoint starts with another template', patient, async () => {
    await using laptop = openLaptop()
    const file = laptop.file('two.json', shellWorkflow('echo one', {}))
    const result = await laptop.argo('run', file, '--entrypoint', 'other')
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain('other')
  })

  test('an unknown flag names the nearest one', patient, async () => {
    await using laptop = openLaptop()
    const result = await laptop.argo('run', parametersOf(laptop), '--isolaton', 'none')
    expect(result).toMatchObject({ exitCode: 2 })
    expect(result.stderr).toContain('did you mean --isolation?')
  })

  test('- reads standard input', patient, async () => {
    await using laptop = openLaptop()
    const result = await laptop.start(['run', '-', '--log'], {
      input: readFileSync(join(repositoryRoot, 'examples/hello.yaml'), 'utf8'),
    })
    expect(result.stdout).toContain('hello world')
  })
})

describe.concurrent('what a step meets', () => {
  test('a command that is not on the laptop: the message names the image', patient, async () => {
    await using laptop = openLaptop()
    const workflow = JSON.stringify(shellWorkflow('true')).replace('"sh"', '"cowsay-9000"')
    const result = await laptop.argo('run', laptop.file('missing.json', workflow))
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toMatch(/"cowsay-9000" of the image "busybox" is not on this laptop/)
  })

  test('100 MB of output without a line end, and bytes that are no UTF-8', { timeout: 120_000 }, async () => {
    await using laptop = openLaptop()
    const source = String.raw`head -c 100000000 /dev/zero | tr '\0' x; printf '\377\376'`
    const result = await laptop.argo('run', laptop.file('loud.json', shellWorkflow(source)))
    expect(result.exitCode).toBe(0)
    const log = readFileSync(join(laptop.state, 'logs/test/main.log'))
    expect(log.length).toBe(100_000_002)
    expect(log.subarray(-2)).toEqual(Buffer.from([0xff, 0xfe]))
  })

  test('a background process that keeps the pipe open does not hold the step', patient, async () => {
    await using laptop = openLaptop()
    const result = await laptop.argo(
      'run',
      laptop.file('background.json', shellWorkflow('sleep 3000 & echo started')),
    )
    expect(result.exitCode).toBe(0)
  })
})

// Without a view of their own, steps have no termination log, and two of them cannot write to one path.
describeNeeding({ namespaces: true }, 'steps with a view of their own', () => {
  test('the failure of a command, with its code and last words', patient, async () => {
    await using laptop = openLaptop()
    const result = await laptop.argo('run', join(repositoryRoot, 'examples/failing-step.yaml'))
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toMatch(
      /^✖ failing-step-\w+ Failed in \d+s: child 'failing-step-\w+-\d+' failed\n {2}check: main: Error \(exit code 3\): the answer is 41, expected 42\n {2}argo logs /m,
    )
    expect(result.stdout).toMatch(/argo logs failing-step-\w+ check shows what it printed/)
  })

  test('two runs at once share the state folder', patient, async () => {
    await using laptop = openLaptop()
    const [first, second] = await Promise.all([
      laptop.argo('run', parametersOf(laptop), '-o', 'name'),
      laptop.argo('run', parametersOf(laptop), '-o', 'name'),
    ])
    expect([first.exitCode, second.exitCode]).toEqual([0, 0])
    expect(first.stdout).not.toBe(second.stdout)
    for (const { stdout } of [first, second])
      expect((await laptop.argo('logs', String(stdout))).stdout).toContain('hello world')
  })
})

describeNeeding({ namespaces: true }, 'folders of the user', () => {
  const withHostPath = (path: string): unknown => {
    const workflow = shellWorkflow('cat /data/*; echo new > /data/written') as {
      spec: { volumes?: unknown; templates: { container: object }[] }
    }
    workflow.spec.volumes = [{ name: 'data', hostPath: { path } }]
    const [template] = workflow.spec.templates
    if (template !== undefined)
      template.container = { ...template.container, volumeMounts: [{ name: 'data', mountPath: '/data' }] }
    return workflow
  }

  test('hostPath outside the working directory needs --allow-host-path', patient, async () => {
    await using laptop = openLaptop()
    await using other = openLaptop()
    writeFileSync(join(other.folder, 'mine'), 'of the user')
    const file = laptop.file('data.json', withHostPath(other.folder))
    const refused = await laptop.argo('run', file)
    expect(refused.exitCode).toBe(1)
    expect(refused.stdout).toContain(`allow it with --allow-host-path ${other.folder}`)
    const allowed = await laptop.argo(
      'run',
      file,
      '--log',
      '--name',
      'second',
      '--allow-host-path',
      other.folder,
    )
    expect(allowed.stdout).toContain('of the user')
    expect(readFileSync(join(other.folder, 'written'), 'utf8')).toBe('new\n')
  })

  test('a folder below the working directory is allowed, and is the same folder', patient, async () => {
    await using laptop = openLaptop({ ordinary: true })
    const data = join(laptop.folder, 'data')
    mkdirSync(data)
    chmodSync(data, 0o777)
    writeFileSync(join(data, 'mine'), 'below')
    const result = await laptop.argo('run', laptop.file('data.json', withHostPath(data)), '--log')
    expect(result.stdout).toContain('below')
  })
})

describeNeeding({ namespaces: true, programs: ['busybox'] }, 'an image with a folder of its own', () => {
  for (const ordinary of [true, false]) {
    test(`is the root of the container${ordinary ? ', ordinary user' : ''}`, patient, async () => {
      await using laptop = openLaptop({ ordinary })
      const root = join(laptop.folder, 'images/small')
      mkdirSync(join(root, 'bin'), { recursive: true })
      const busybox =
        (process.env['PATH'] ?? '')
          .split(':')
          .map((folder) => join(folder, 'busybox'))
          .find(existsSync) ?? ''
      copyFileSync(busybox, join(root, 'bin/busybox'))
      symlinkSync('busybox', join(root, 'bin/greet'))
      symlinkSync('busybox', join(root, 'bin/sh'))
      const config = laptop.file(
        'config.yaml',
        'images:\n  small:\n    root: images/small\n    entrypoint: [sh, -c]\n',
      )
      const workflow = shellWorkflow('') as { spec: { templates: { container: object }[] } }
      const [template] = workflow.spec.templates
      const script =
        'cd /bin && echo * && test ! -e /usr && echo hi > /new && busybox cat /new && busybox grep -c . /etc/hosts'
      if (template !== undefined) template.container = { image: 'small', args: [script] }
      const result = await laptop.argo('run', laptop.file('w.json', workflow), '--config', config, '--log')
      expect(result.stdout).toContain('busybox greet sh')
      expect(result.stdout).toContain('test: hi')
      expect(result.exitCode, String(result.stdout)).toBe(0)
      expect(readdirSync(root)).toEqual(['bin'])
      expect(readlinkSync(join(root, 'bin/greet'))).toBe('busybox')
    })
  }
})

describe.concurrent('the state folder', () => {
  test('nobody else may look inside, and the kubeconfig is for its user alone', patient, async () => {
    await using laptop = openLaptop()
    await laptop.argo('run', parametersOf(laptop))
    expect(statSync(laptop.state).mode & 0o777).toBe(0o700)
    expect(statSync(join(laptop.state, 'kubeconfig')).mode & 0o777).toBe(0o600)
  })

  test('argo get and argo logs of nothing say so', patient, async () => {
    await using laptop = openLaptop()
    const result = await laptop.argo('get')
    expect(result.exitCode).toBe(1)
    expect(result.stderr).toContain('no workflow has run')
  })
})

describeNeeding({ namespaces: true }, 'without isolation', () => {
  test('a path that exists is not touched: exit 2', patient, async () => {
    await using laptop = openLaptop()
    const mine = laptop.file('mine', 'precious')
    const workflow = shellWorkflow('true', {
      outputs: { parameters: [{ name: 'x', valueFrom: { path: mine } }] },
    })
    const result = await laptop.argo('run', laptop.file('w.json', workflow), '--isolation', 'none')
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain(`${mine} exists on this machine`)
    expect(readFileSync(mine, 'utf8')).toBe('precious')
  })

  /** Runs an example whose files lie in `folder`, inside a user namespace prepared by `limits`. */
  const runInside = async (
    laptop: Laptop,
    folder: string,
    limits: string,
    ...more: readonly string[]
  ): Promise<{ exitCode?: number; stdout: string; stderr: string }> => {
    const example = readFileSync(join(repositoryRoot, 'examples/artifact-passing.yaml'), 'utf8')
    const file = laptop.file('w.yaml', example.replaceAll('/tmp/', `${folder}/`))
    const drop =
      process.getuid?.() === 0 ? ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] : []
    const inner = [
      'unshare',
      '--user',
      '--map-root-user',
      'sh',
      '-c',
      `${limits} exec "$@"`,
      'sh',
      argoPath(),
      'run',
      file,
    ]
    const [program = '', ...args] = [...drop, ...inner, '--state', laptop.state, ...more]
    return execa(program, args, {
      cwd: laptop.folder,
      reject: false,
      env: { HOME: laptop.folder, NO_COLOR: '1' },
    })
  }
  const limits = ['user', 'mnt', 'pid']
    .map((kind) => `echo 0 > /proc/sys/user/max_${kind}_namespaces;`)
    .join(' ')

  test('refused namespaces are named, and files still travel', patient, async () => {
    await using laptop = openLaptop({ ordinary: true })
    const result = await runInside(laptop, laptop.folder, limits)
    expect(result.exitCode, result.stdout + result.stderr).toBe(0)
    expect(result.stdout).toContain('the steps run without isolation: user.max_user_namespaces=0 refuses it')
    expect(result.stdout).toContain('with 3 pages')
    expect(readdirSync(laptop.folder).filter((name) => /message|pages|summary/.test(name))).toEqual([])
  })

  test('refused namespaces end the run where isolation was asked for', patient, async () => {
    await using laptop = openLaptop({ ordinary: true })
    const result = await runInside(laptop, laptop.folder, limits, '--isolation', 'namespace')
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain('allow it with: sudo sysctl -w user.max_user_namespaces=')
  })

  test('who is root in a namespace only gets isolation, too', patient, async () => {
    await using laptop = openLaptop({ ordinary: true })
    const result = await runInside(laptop, '/tmp', '', '--isolation', 'namespace')
    expect(result.exitCode, result.stdout + result.stderr).toBe(0)
    expect(result.stdout).toContain('with 3 pages')
  })
})
