import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { juteMaxbuffer, LOG_PLACES } from '../../cli/log-flags.ts'
import { type VerifyLogResult, verifyLogs } from '../../operations/verify-log.ts'
import { verifyText } from '../../render/log-verify.ts'

export default class LogVerify extends ZkopsCommand {
  static override summary = 'Check transaction logs and give a verdict.'
  static override description =
    'Reads every record as a server would, checks its checksum, end mark and body, looks behind the end of each log for what a server would silently drop, and holds zxids against each other and against file names. The verdict is clean, torn (only the last record is incomplete, as a crash leaves it) or damaged. For each finding it says what a server of each release does with it. Use it on backups, before a start, and whenever a server will not start. Reading a directory that a server has open is safe.'
  static override examples = [
    { description: 'One log.', command: '<%= config.bin %> <%= command.id %> version-2/log.185' },
    {
      description: 'All logs of a directory, for a script.',
      command: '<%= config.bin %> <%= command.id %> --json version-2',
    },
  ]
  static override strict = false
  static override args = { files: LOG_PLACES }
  static override flags = { 'jute-maxbuffer': juteMaxbuffer }

  async run(): Promise<VerifyLogResult> {
    const { argv, flags } = await this.parse(LogVerify)
    const result = await verifyLogs({
      places: argv as string[],
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    this.print(verifyText(result, this.stdoutTerminal.style))
    process.exitCode = result.verdict === 'clean' ? ExitCode.Ok : ExitCode.Findings
    return result
  }
}
