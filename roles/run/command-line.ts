// The words after `argo run`: what to run and how, or the help.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { availableParallelism } from 'node:os'
import { ArgoError } from '../../src/errors/argo-error.ts'
import { writeWhole } from '../../src/util/write-whole.ts'

export type OutputFormat = 'json' | 'yaml' | 'name'
export type IsolationMode = 'auto' | 'namespace' | 'none'

export interface RunRequest {
  /** Paths, `-` for standard input. */
  readonly files: readonly string[]
  /** `name=value`, in order. */
  readonly parameters: readonly (readonly [string, string])[]
  readonly parameterFile?: string
  readonly entrypoint?: string
  readonly name?: string
  readonly output?: OutputFormat
  readonly logs: boolean
  readonly state?: string
  readonly parallelism: number
  readonly isolation: IsolationMode
  readonly allowedHostPaths: readonly string[]
  readonly config?: string
}

const help = `
Examples:
  argo run examples/hello.yaml                     run a workflow and watch it
  argo run build.yaml -p branch=main --log         set a parameter, show what the steps print
  argo run workflow.yaml config.yaml secrets.yaml  bring ConfigMaps and Secrets along
  generate | argo run - -o json                    read standard input, print the finished workflow

Nothing but this machine is needed: no cluster, no root, no network, no container engine. Commands of the steps must
exist on this machine, or in a folder that --config gives to their image. Exit code: 0 Succeeded, 1 Failed or Error,
2 invalid input, 130 interrupted.`

/** Undefined when the help was asked for and printed. Throws ERR_USAGE for a wrong word, with the nearest right one. */
export function readCommandLine(argv: readonly string[]): RunRequest | undefined {
  const command = describe()
  try {
    command.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return undefined
    throw new ArgoError(
      error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/, ', did you mean $1?'),
      {
        code: 'ERR_USAGE',
      },
    )
  }
  const flags = command.opts<Flags>()
  return {
    files: command.args,
    parameters: flags.parameter ?? [],
    logs: flags.log ?? false,
    parallelism: flags.parallelism,
    isolation: flags.isolation,
    allowedHostPaths: flags.allowHostPath ?? [],
    ...present('parameterFile', flags.parameterFile),
    ...present('entrypoint', flags.entrypoint),
    ...present('name', flags.name),
    ...present('output', flags.output),
    ...present('state', flags.state),
    ...present('config', flags.config),
  }
}

interface Flags {
  readonly parameter?: readonly (readonly [string, string])[]
  readonly parameterFile?: string
  readonly entrypoint?: string
  readonly name?: string
  readonly output?: OutputFormat
  readonly log?: boolean
  readonly state?: string
  readonly parallelism: number
  readonly isolation: IsolationMode
  readonly allowHostPath?: readonly string[]
  readonly config?: string
}

function describe(): Command {
  return new Command('argo run')
    .description('Run a workflow on this machine.')
    .argument(
      '<files...>',
      'manifests: one Workflow, and the ConfigMaps and Secrets that it needs; - is standard input',
    )
    .option('-p, --parameter <name=value>', 'set an argument of the workflow, as often as wanted', parameter)
    .option('--parameter-file <file>', 'arguments as a YAML or JSON object; -p wins')
    .option('--entrypoint <template>', 'start with this template')
    .option('--name <name>', 'name of the workflow')
    .addOption(
      new Option('-o, --output <format>', 'print the finished workflow').choices(['json', 'yaml', 'name']),
    )
    .option('--log', 'show what the steps print')
    .option(
      '--state <dir>',
      'folder for everything that is kept (default: $XDG_STATE_HOME/argo or ~/.local/state/argo)',
    )
    .option('--parallelism <pods>', 'steps that run at the same time', count, 4 * availableParallelism())
    .addOption(
      new Option(
        '--isolation <mode>',
        'namespace: each container sees only its own; none: no isolation; auto: what the kernel allows',
      )
        .choices(['auto', 'namespace', 'none'])
        .default('auto'),
    )
    .option('--allow-host-path <dir>', 'allow hostPath volumes below this folder, as often as wanted', append)
    .option(
      '--config <file>',
      "settings as in the controller's ConfigMap; images.NAME.root gives an image a folder",
    )
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', help)
    .exitOverride()
    .configureOutput({ writeOut: (text) => writeWhole(1, text), writeErr: () => undefined })
}

function parameter(
  text: string,
  before: readonly (readonly [string, string])[] = [],
): readonly (readonly [string, string])[] {
  const at = text.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('It must be NAME=VALUE.')
  return [...before, [text.slice(0, at), text.slice(at + 1)]]
}

function count(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.')
  return number
}

function append(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V })
}
