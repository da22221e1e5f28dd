import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { type ReconfigShown, showReconfig } from '../../operations/reconfig/show.ts'
import { reconfigText } from '../../render/reconfig-show.ts'

export default class ReconfigShow extends ZkopsCommand {
  static override summary = 'Show the configuration of members as each of them has it.'
  static override description =
    'Version, servers, roles, ports, groups and weights of the newest configuration, who agrees with it, and which lines of whom differ; a proposal that is not known to be committed where the zoo.cfg of a member lies on this machine. Use it before and after every change of members: all of them have to have the same version. Exit code 1 when they do not, or when the servers keep no configuration.'
  static override examples = [
    { description: 'By one address.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    { description: 'The default ensemble, for a script.', command: '<%= config.bin %> <%= command.id %> --json' },
  ]
  static override flags = LIVE

  async run(): Promise<ReconfigShown> {
    const { flags } = await this.parse(ReconfigShow)
    const shown = await showReconfig(liveOptions(flags), this.signal)
    this.print(await reconfigText(shown, this.stdoutTerminal.style))
    const wrong = shown.findings.some(({ severity }) => severity !== 'info')
    process.exitCode = shown.answered === 0 ? ExitCode.Unreachable : wrong ? ExitCode.Findings : ExitCode.Ok
    return shown
  }
}
