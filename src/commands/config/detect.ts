import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { type DetectResult, detect } from '../../operations/generate-config/detect.ts'
import { detectText } from '../../render/config-detect.ts'

export default class ConfigDetect extends ZkopsCommand {
  static override summary = 'Tell what this machine gives a server: memory, cores, disks, limits, Java.'
  static override description =
    'Memory and the limits of the container, cores, block devices with their kind, size and mount points, swap, huge pages, open files, clock and Java, and what of it a server would suffer from. --probe-fsync measures what every write waits for: 4 KB are appended and synced in that directory for at most 5 seconds; run it where dataLogDir will lie, before the first start. config generate --detect uses the same. Exit code 1 on a finding that is more than a note.'
  static override examples = [
    { description: 'This machine.', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'And how fast a directory is.', command: '<%= config.bin %> <%= command.id %> --probe-fsync .' },
  ]
  static override flags = {
    'probe-fsync': Flags.string({ summary: 'Measure the latency of fsync in this directory.', helpValue: '<dir>' }),
  }

  async run(): Promise<DetectResult> {
    const { flags } = await this.parse(ConfigDetect)
    const result = await detect(flags['probe-fsync'], this.signal)
    this.print(detectText(result, this.stdoutTerminal.style))
    const wrong = result.findings.some(({ severity }) => severity !== 'info')
    process.exitCode = wrong ? ExitCode.Findings : ExitCode.Ok
    return result
  }
}
