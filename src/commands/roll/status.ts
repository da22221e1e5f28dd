import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { rollStatus, type RollStatus as Status } from '../../operations/roll/status.ts'
import { rollStatusText } from '../../render/roll.ts'

export default class RollStatus extends ZkopsCommand {
  static override summary = 'Show rolls that were begun from here and are not finished.'
  static override description =
    'Reads the journals of this user on this machine and asks no server: which members are done, which one was begun without anybody writing how it ended, what a step failed with. Exit code 1 when something is unfinished; zkops roll resume goes on with it.'
  static override examples = [
    { description: 'Of the default ensemble.', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Finished ones too, for a script.', command: '<%= config.bin %> <%= command.id %> --all --json' },
  ]
  static override flags = { ...LIVE, all: Flags.boolean({ summary: 'Finished ones too.' }) }

  async run(): Promise<Status> {
    const { flags } = await this.parse(RollStatus)
    const status = await rollStatus({ live: liveOptions(flags), all: flags.all })
    this.print(rollStatusText(status, this.stdoutTerminal.style))
    const open = status.changes.some(({ outcome }) => outcome === null)
    process.exitCode = open ? ExitCode.Findings : ExitCode.Ok
    return status
  }
}
