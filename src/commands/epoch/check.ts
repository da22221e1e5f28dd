import { ZkopsCommand } from '../../cli/base-command.ts'
import { DATA_DIRECTORIES, DATA_PLACES } from '../../cli/data-flags.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { juteMaxbuffer } from '../../cli/log-flags.ts'
import { type EpochResult, showEpochs } from '../../operations/epoch/inspect.ts'
import { epochText } from '../../render/epoch.ts'

export default class EpochCheck extends ZkopsCommand {
  static override summary = 'Check the epoch files of members; exit 1 when something is wrong.'
  static override description =
    'The same look as epoch show, for scripts and before a start: exit 0 when every member starts with its epoch files and none stands out, 1 when one refuses or is suspicious.'
  static override examples = [
    { description: 'One directory.', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'All members, their findings for a script.',
      command: '<%= config.bin %> <%= command.id %> --json members/1 members/2',
    },
  ]
  static override strict = false
  static override args = { places: DATA_DIRECTORIES }
  static override flags = { ...DATA_PLACES, 'jute-maxbuffer': juteMaxbuffer }

  async run(): Promise<EpochResult> {
    const { argv, flags } = await this.parse(EpochCheck)
    const result = await showEpochs({
      directories: argv as string[],
      config: flags.config,
      logDirs: flags['log-dir'],
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    this.print(await epochText(result, this.stdoutTerminal.style))
    const wrong = result.directories.some(({ verdict }) => verdict !== 'consistent')
    process.exitCode = wrong ? ExitCode.Findings : ExitCode.Ok
    return result
  }
}
