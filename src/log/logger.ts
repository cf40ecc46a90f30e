// Lines for people and for machines on standard error: what a step of the story did, to what, how long it took.

import { writeSync } from 'node:fs'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export interface LoggerOptions {
  /** Least level that is written. Default info. */
  readonly level?: LogLevel
  /** Default text. */
  readonly format?: 'text' | 'json'
  /** Where a line goes; default standard error, written synchronously so that no line is lost at exit. */
  readonly write?: (line: string) => void
}

const order: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

export function createLogger(options: LoggerOptions = {}): Logger {
  const least = order[options.level ?? 'info']
  const write = options.write ?? writeToStandardError
  const render = options.format === 'json' ? renderJson : renderText
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (order[level] >= least) write(render(level, message, fields))
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function renderText(level: LogLevel, message: string, fields: LogFields): string {
  const tail = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? JSON.stringify(value) : String(value)}`)
    .join('')
  return `time=${JSON.stringify(new Date().toISOString())} level=${level} msg=${JSON.stringify(message)}${tail}\n`
}

function renderJson(level: LogLevel, message: string, fields: LogFields): string {
  return JSON.stringify({ time: new Date().toISOString(), level, msg: message, ...fields }) + '\n'
}

function writeToStandardError(line: string): void {
  try {
    writeSync(2, line)
  } catch {
    // A full or closed pipe must not end the step that wanted to tell about itself.
  }
}
