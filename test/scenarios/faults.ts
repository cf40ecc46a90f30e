// What goes wrong in a container, and what only looks as if it did.

import { busybox, sh, workflow, type Fields, type Scenario } from './scenario.ts'

const python = 'debian:12'

const produceAndConsume = (produce: Fields, consume: Fields): readonly Fields[] => [
  {
    name: 'main',
    steps: [
      [{ name: 'produce', template: 'produce' }],
      [
        {
          name: 'consume',
          template: 'consume',
          arguments: { artifacts: [{ name: 'in', from: '{{steps.produce.outputs.artifacts.out}}' }] },
        },
      ],
    ],
  },
  produce,
  consume,
]

export const faults: readonly Scenario[] = [
  {
    name: 'a required artifact that the step did not write',
    workflow: workflow([
      sh('main', 'true', { outputs: { artifacts: [{ name: 'out', path: '/tmp/none' }] } }),
    ]),
    phase: 'Error',
    message: /none/,
  },
  {
    name: 'an optional artifact that the step did not write',
    workflow: workflow([
      sh('main', 'true', { outputs: { artifacts: [{ name: 'out', path: '/tmp/none', optional: true }] } }),
    ]),
    phase: 'Succeeded',
  },
  {
    name: 'one failing output does not lose the others',
    workflow: workflow([
      sh('main', 'echo yes >/tmp/yes; echo p >/tmp/p', {
        outputs: {
          artifacts: [
            { name: 'none', path: '/tmp/none' },
            { name: 'yes', path: '/tmp/yes' },
          ],
          parameters: [{ name: 'p', valueFrom: { path: '/tmp/p' } }],
        },
      }),
    ]),
    phase: 'Error',
    nodes: { '*': { parameters: { p: 'p' }, artifacts: ['yes'] } },
  },
  {
    name: 'a missing output parameter with a default',
    workflow: workflow([
      sh('main', 'true', {
        outputs: { parameters: [{ name: 'p', valueFrom: { path: '/tmp/none', default: 'd' } }] },
      }),
    ]),
    phase: 'Succeeded',
    nodes: { '*': { parameters: { p: 'd' } } },
  },
  {
    name: 'a command that is not there',
    workflow: workflow([{ name: 'main', container: { image: busybox, command: ['no-such-command'] } }]),
    phase: 'Failed',
    // The laptop has no images, so it says which one would have had the command.
    message:
      /failed to find name in PATH: exec: "no-such-command": executable file not found in \$PATH|"no-such-command" of the image "busybox:stable" is not on this laptop/,
  },
  {
    name: 'a command that is not executable',
    workflow: workflow([{ name: 'main', container: { image: busybox, command: ['/etc/passwd'] } }]),
    phase: 'Failed',
    message: /exit code 64.*permission denied/,
  },
  {
    name: 'an exit code reaches the node',
    workflow: workflow([sh('main', 'exit 42')]),
    phase: 'Failed',
    message: /main: Error \(exit code 42\)/,
  },
  {
    // Kubernetes turns $$ into $ before the shell sees it.
    name: 'a command that kills itself',
    workflow: workflow([sh('main', 'kill -9 $$$$')]),
    phase: 'Failed',
    message: /exit code 137/,
  },
  {
    name: 'outputs of a failed step are kept',
    workflow: workflow([
      sh('main', 'echo kept >/tmp/p; exit 3', {
        outputs: { parameters: [{ name: 'p', valueFrom: { path: '/tmp/p' } }] },
      }),
    ]),
    phase: 'Failed',
    nodes: { '*': { parameters: { p: 'kept' } } },
  },
  {
    name: 'a background process that keeps the pipe open',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [{ name: 'a', template: 'a' }],
          [
            {
              name: 'b',
              template: 'b',
              arguments: { parameters: [{ name: 'r', value: '{{steps.a.outputs.result}}' }] },
            },
          ],
        ],
      },
      { name: 'a', script: { image: busybox, command: ['sh'], source: 'sleep 300 & echo done' } },
      sh('b', 'test "{{inputs.parameters.r}}" = done', { inputs: { parameters: [{ name: 'r' }] } }),
    ]),
    phase: 'Succeeded',
    nodes: { a: { result: 'done' } },
  },
  {
    name: '100 MB of output, of which the tail is the result',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [{ name: 'a', template: 'a' }],
          [{ name: 'b', template: 'b', when: '"{{steps.a.outputs.result}}" == "never"' }],
        ],
      },
      {
        name: 'a',
        script: {
          image: busybox,
          command: ['sh'],
          source: 'head -c 100000000 /dev/zero | tr "\\000" x; printf end',
        },
      },
      sh('b', 'true'),
    ]),
    phase: 'Succeeded',
    nodes: { a: { result: `${'x'.repeat(256 * 1024 - 3)}end` }, b: { phase: 'Skipped' } },
  },
  {
    name: 'a result without newline and with bytes that are no UTF-8',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [{ name: 'a', template: 'a' }],
          [{ name: 'b', template: 'b', when: '"{{steps.a.outputs.result}}" != ""' }],
        ],
      },
      { name: 'a', script: { image: busybox, command: ['sh'], source: "printf 'a\\377b'" } },
      sh('b', 'true'),
    ]),
    phase: 'Succeeded',
    nodes: { a: { result: 'a\ufffdb' }, b: { phase: 'Succeeded' } },
  },
  {
    name: 'spaces and unicode in names and bytes',
    workflow: workflow(
      produceAndConsume(
        sh('produce', 'mkdir -p "/tmp/dir ä/日本 語"; echo "größe" >"/tmp/dir ä/日本 語/ünï cödé.txt"', {
          outputs: { artifacts: [{ name: 'out', path: '/tmp/dir ä' }] },
        }),
        sh('consume', 'grep -q "größe" "/tmp/in/日本 語/ünï cödé.txt"', {
          inputs: { artifacts: [{ name: 'in', path: '/tmp/in' }] },
        }),
      ),
    ),
    phase: 'Succeeded',
  },
  {
    name: 'a directory with links, modes and empty folders, not archived',
    workflow: workflow(
      produceAndConsume(
        sh('produce', 'mkdir -p /tmp/d/sub; echo one >/tmp/d/one; echo two >/tmp/d/sub/two', {
          outputs: { artifacts: [{ name: 'out', path: '/tmp/d', archive: { none: {} } }] },
        }),
        sh('consume', 'test "$(cat /tmp/in/one /tmp/in/sub/two | tr "\\n" ,)" = one,two,', {
          inputs: { artifacts: [{ name: 'in', path: '/tmp/in' }] },
        }),
      ),
    ),
    phase: 'Succeeded',
  },
  {
    name: 'modes and links survive an archive',
    workflow: workflow(
      produceAndConsume(
        sh(
          'produce',
          'mkdir -p /tmp/d/empty; echo x >/tmp/d/run; chmod 751 /tmp/d/run; ln -s run /tmp/d/link',
          { outputs: { artifacts: [{ name: 'out', path: '/tmp/d' }] } },
        ),
        sh(
          'consume',
          'test -d /tmp/in/empty && test "$(readlink /tmp/in/link)" = run && test "$(stat -c %a /tmp/in/run)" = 751',
          {
            inputs: { artifacts: [{ name: 'in', path: '/tmp/in' }] },
          },
        ),
      ),
    ),
    phase: 'Succeeded',
  },
  {
    name: 'a raw artifact with a mode, into a volume of the user',
    workflow: workflow([
      {
        name: 'main',
        inputs: {
          artifacts: [
            {
              name: 'tool',
              path: '/work/tool',
              mode: 0o755,
              raw: { data: '#!/bin/sh\necho ran >/work/out\n' },
            },
          ],
        },
        outputs: {
          parameters: [{ name: 'p', valueFrom: { path: '/work/out' } }],
          artifacts: [{ name: 'out', path: '/work/out' }],
        },
        container: {
          image: busybox,
          command: ['sh', '-c'],
          args: ['/work/tool'],
          volumeMounts: [{ name: 'work', mountPath: '/work' }],
        },
        volumes: [{ name: 'work', emptyDir: {} }],
      },
    ]),
    phase: 'Succeeded',
    nodes: { '*': { parameters: { p: 'ran' }, artifacts: ['out'] } },
  },
  {
    name: 'a deadline ends a step',
    workflow: workflow([sh('main', 'sleep 300', { activeDeadlineSeconds: 3 })]),
    phase: 'Failed',
    message: /deadline/i,
  },
  {
    name: 'a step that ignores the polite signal is ended by its deadline all the same',
    workflow: workflow([
      sh('main', "trap '' TERM; sleep 300 & wait; sleep 300", { activeDeadlineSeconds: 3 }),
    ]),
    phase: 'Failed',
    message: /deadline/i,
  },
  {
    name: 'python, loops over what a step computed',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [{ name: 'list', template: 'list' }],
          [
            {
              name: 'each',
              template: 'each',
              withParam: '{{steps.list.outputs.result}}',
              arguments: { parameters: [{ name: 'n', value: '{{item}}' }] },
            },
          ],
        ],
      },
      {
        name: 'list',
        script: { image: python, command: ['python3'], source: 'import json; print(json.dumps([1, 2, 3]))' },
      },
      sh('each', 'test {{inputs.parameters.n}} -le 3', { inputs: { parameters: [{ name: 'n' }] } }),
    ]),
    phase: 'Succeeded',
    nodes: { 'each(2:3)': { phase: 'Succeeded' } },
  },
]
