import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { type Divergence, findDivergence } from '../../operations/ensemble/divergence.ts'
import { divergenceText } from '../../render/ensemble-divergence.ts'

export default class EnsembleDivergence extends ZkopsCommand {
  static override summary = 'Find out whether all members hold the same data, while they run.'
  static override description =
    'Servers from 3.6 on keep a digest of their whole tree for every 128th transaction. These lists are read from all members (AdminServer, or the word hash) and compared where they have the same zxid, so a busy ensemble gives no false alarm; where all stand still, the counts of znodes and ephemerals are compared too. Says at which zxid a member begins to differ. Use it after a crash, a restore or a doubtful repair; zkops data compare does the same for directories.'
  static override examples = [
    { description: 'By one address.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    { description: 'For a script.', command: '<%= config.bin %> <%= command.id %> --json' },
  ]
  static override flags = LIVE

  async run(): Promise<Divergence> {
    const { flags } = await this.parse(EnsembleDivergence)
    const result = await findDivergence(liveOptions(flags), this.signal)
    this.print(await divergenceText(result, this.stdoutTerminal.style))
    const nobody = result.members.every(({ state }) => state === 'down')
    process.exitCode = nobody ? ExitCode.Unreachable : result.verdict === 'same' ? ExitCode.Ok : ExitCode.Findings
    if (result.members.some(({ state }) => state === 'down')) this.endSoon()
    return result
  }
}
