import { nagiosUnknown } from '../render/health-nagios.ts'
import { ZkopsCommand } from './base-command.ts'
import { describeError } from './error-text.ts'
import { ExitCode } from './exit-codes.ts'

const NAGIOS_CODE = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const

interface Verdict {
  readonly status: keyof typeof NAGIOS_CODE
  readonly members: readonly { readonly state: string }[]
}

/** Of a verdict on an ensemble. */
export function exitCodeOfStatus({ status, members }: Verdict, format: string): number {
  if (format === 'nagios') return NAGIOS_CODE[status]
  if (status === 'ok') return ExitCode.Ok
  return members.every(({ state }) => state === 'down') ? ExitCode.Unreachable : ExitCode.Findings
}

/** Commands that are plug-ins as well: with `--format nagios` they tell what they cannot do in its way. */
export abstract class NagiosCommand extends ZkopsCommand {
  // the manifest looks no further up than a class without static properties of its own
  static override enableJsonFlag = true

  /** A plug-in tells everything on stdout, and what it cannot do is UNKNOWN, wrong flags too. */
  protected override async catch(error: unknown): Promise<unknown> {
    if (!/(^|\s)--format[ =]nagios(\s|$)/.test(this.argv.join(' '))) return super.catch(error)
    const { json } = describeError(error, { bin: this.config.bin, command: this.id })
    this.output.write(nagiosUnknown(json.error.message))
    process.exitCode = NAGIOS_CODE.unknown
    return undefined
  }
}
