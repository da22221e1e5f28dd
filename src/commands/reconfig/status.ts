import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { reconfigStatus, type ReconfigStatus as Status } from '../../operations/reconfig/status.ts'
import { reconfigStatusText } from '../../render/reconfig-change.ts'

export default class ReconfigStatus extends ZkopsCommand {
  static override summary = 'Show changes of members that were begun from here and are not finished.'
  static override description =
    'Reads the journals of this user on this machine and asks no server: which steps are done, which one was begun without anybody writing how it ended, and the command that takes it back. Exit code 1 when something is unfinished. reconfig show tells what the servers have agreed on.'
  static override examples = [
    { description: 'Of the default ensemble.', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Finished ones too, for a script.', command: '<%= config.bin %> <%= command.id %> --all --json' },
  ]
  static override flags = { ...LIVE, all: Flags.boolean({ summary: 'Finished ones too.' }) }

  async run(): Promise<Status> {
    const { flags } = await this.parse(ReconfigStatus)
    const status = await reconfigStatus({ live: liveOptions(flags), all: flags.all })
    this.print(reconfigStatusText(status, this.stdoutTerminal.style))
    const open = status.changes.some(({ outcome }) => outcome === null)
    process.exitCode = open ? ExitCode.Findings : ExitCode.Ok
    return status
  }
}
