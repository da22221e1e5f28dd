import { Command } from '@oclif/core/command'
import * as Flags from '@oclif/core/flags'
import { findingText } from '../render/findings.ts'
import { jsonText } from '../render/json.ts'
import { interrupted, ZkopsError } from '../support/errors.ts'
import type { Finding, Severity } from '../support/finding.ts'
import { noProgress, type Progress } from '../support/progress.ts'
import { describeError } from './error-text.ts'
import { ExitCode } from './exit-codes.ts'
import { plainProgress, terminalProgress } from './progress.ts'
import { openSink, type Sink, writeAll } from './stdout.ts'
import { type Terminal, terminalOf } from './terminal.ts'

const LOG_LEVELS = ['error', 'warning', 'info'] as const

/**
 * What every command shares: the global flags, one way to print results, findings and errors, the exit code, progress
 * and cancellation. A command parses, calls one operation, prints with a renderer and returns the result, which is what
 * `--json` prints.
 */
export abstract class ZkopsCommand extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    // oclif's own --json flag (enableJsonFlag) joins these in the help's global section
    'no-color': Flags.boolean({ summary: 'Print without colours (so does NO_COLOR).', helpGroup: 'GLOBAL' }),
    'no-progress': Flags.boolean({ summary: 'Show no progress on stderr.', helpGroup: 'GLOBAL' }),
    'log-level': Flags.option({
      summary: 'Findings and notes of at least this weight go to stderr.',
      options: LOG_LEVELS,
      default: 'info',
      env: 'ZKOPS_LOG_LEVEL',
      helpGroup: 'GLOBAL',
    })(),
  }

  private readonly controller = new AbortController()
  private sink: Sink | undefined
  private globals: { color: boolean; progress: boolean; logLevel: Severity } = {
    color: !this.argv.includes('--no-color'),
    progress: !this.argv.includes('--no-progress'),
    logLevel: 'info',
  }

  /** Fires on the first SIGINT or SIGTERM; operations stop, clean up and throw `interrupted()`. */
  protected get signal(): AbortSignal {
    return this.controller.signal
  }

  // oclif's own init does nothing that we need: deprecation notes from the full configuration, a user agent
  protected override async init(): Promise<void> {
    const stop = () => {
      if (this.controller.signal.aborted) process.exit(ExitCode.Interrupted)
      this.controller.abort(interrupted())
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  }

  // oclif declares parse() generic over flags it cannot name; only the wrapper's effect matters here
  protected override parse: Command['parse'] = async (options, argv) => {
    const { args, flags, baseFlags, strict, enableJsonFlag } = (options ?? this.ctor) as Command.Class
    // spelled out, because oclif spreads the class and so loses what it inherits
    const input = { args, flags, baseFlags, strict, enableJsonFlag }
    const output = await super.parse(input as unknown as typeof options, argv)
    this.globals = { ...this.globals, logLevel: (output.flags as { 'log-level'?: Severity })['log-level'] ?? 'info' }
    return output
  }

  protected get stdoutTerminal(): Terminal {
    return terminalOf(process.stdout, this.globals)
  }

  protected get stderrTerminal(): Terminal {
    return terminalOf(process.stderr, this.globals)
  }

  /** A bounded result as text. Not printed under `--json`. */
  protected print(text: string): void {
    if (!this.jsonEnabled()) this.output.write(text)
  }

  /** Where stream commands write. */
  protected get output(): Sink {
    this.sink ??= openSink()
    return this.sink
  }

  /** A line for the person at the terminal: stderr. */
  protected note(text: string, severity: Severity = 'info'): void {
    if (LOG_LEVELS.indexOf(severity) <= LOG_LEVELS.indexOf(this.globals.logLevel)) writeAll(2, Buffer.from(`${text}\n`))
  }

  /** Findings of a stream command (bounded results carry theirs in the result): stderr. */
  protected report(findings: readonly Finding[]): void {
    const { style } = this.stderrTerminal
    for (const finding of findings) this.note(findingText(finding, style).trimEnd(), finding.severity)
  }

  /** The same behind what has been written so far. */
  protected reportBehind(findings: readonly Finding[]): void {
    this.sink?.flush()
    this.report(findings)
  }

  /** After a member that did not answer: the look-up of its name may hang, and would keep the process. */
  protected endSoon(): void {
    setImmediate(() => process.exit())
  }

  protected get progress(): Progress {
    if (!this.globals.progress) return noProgress
    return process.stderr.isTTY ? terminalProgress(process.stderr) : plainProgress(process.stderr)
  }

  protected override logJson(json: unknown): void {
    // after finally(), so flushed here
    this.output.write(jsonText(json))
    this.output.flush()
  }

  protected override async catch(thrown: unknown): Promise<unknown> {
    // whatever a cancelled operation happened to throw, it was interrupted
    const error = this.signal.aborted ? interrupted() : thrown
    const { exitCode, json, text } = describeError(error, { bin: this.config.bin, command: this.id })
    process.exitCode = exitCode
    if (this.jsonEnabled()) this.logJson(json)
    this.sink?.flush()
    writeAll(2, Buffer.from(text(this.stderrTerminal.style)))
    return undefined
  }

  protected override async finally(_error: Error | undefined): Promise<void> {
    this.sink?.flush()
    // a read that waits for input would keep the process
    // what was done before the interruption came through keeps its own code
    if (this.signal.aborted) process.exit(process.exitCode ?? ExitCode.Interrupted)
  }
}

/**
 * A command whose result is a stream of records or a screen. `--json` means one document for a bounded result, so these
 * refuse it and name what to use instead.
 */
export abstract class StreamCommand extends ZkopsCommand {
  static override enableJsonFlag = false

  /** What to use in place of `--json`. */
  protected readonly instead: string = '--format jsonl'

  protected override async init(): Promise<void> {
    await super.init()
    const end = this.argv.indexOf('--')
    if (!(end === -1 ? this.argv : this.argv.slice(0, end)).includes('--json')) return
    const name = this.id?.replaceAll(':', ' ')
    throw new ZkopsError('usage.stream', `${name} writes a stream, so it takes no --json: use ${this.instead}`)
  }
}
