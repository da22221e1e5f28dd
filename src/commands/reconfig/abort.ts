import { ZkopsCommand } from '../../cli/base-command.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { JOURNAL } from '../../cli/reconfig-flags.ts'
import { abortReconfig, type ReconfigAborted } from '../../operations/reconfig/status.ts'
import { abortedText } from '../../render/reconfig-change.ts'

export default class ReconfigAbort extends ZkopsCommand {
  static override summary = 'Give up a change of members that was interrupted.'
  static override description =
    'Ends its journal, so that another change can begin, and asks no server: the members stay as they are. What was done by then stays done; the command that takes it back is printed. Look at reconfig show first: a step that was begun may have happened.'
  static override examples = [
    { description: 'The newest of the default ensemble.', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'By its address, for a script.',
      command: '<%= config.bin %> <%= command.id %> --connect zk1:2181 --json',
    },
  ]
  static override flags = { ...LIVE, journal: JOURNAL }

  async run(): Promise<ReconfigAborted> {
    const { flags } = await this.parse(ReconfigAbort)
    const aborted = await abortReconfig({ live: liveOptions(flags), journal: flags.journal })
    this.print(abortedText(aborted, this.stdoutTerminal.style))
    return aborted
  }
}
