import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { DATA_DIRECTORY, DATA_PLACE } from '../../cli/data-flags.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { juteMaxbuffer } from '../../cli/log-flags.ts'
import { type DataLsResult, listData } from '../../operations/data-dir/ls.ts'
import { dataLsText } from '../../render/data-ls.ts'

export default class DataLs extends ZkopsCommand {
  static override summary = 'List a data directory: ranges, sizes, ends, the chain, what a server loads.'
  static override description =
    'The first look at a data directory or a backup: every file with the zxids it covers, what it takes and what it uses, how it ends, and whether it lies where it belongs; the chain of zxids with its holes; and which snapshot and logs a server of the newest line reads at its start (marked with >). Logs are read at both ends only and snapshots are taken by the bytes that a server looks at first, so it takes no longer than its start; --verify reads every record and every node. Exit 1 with a warning or an error.'
  static override examples = [
    { description: 'A data directory.', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'With every record and node read, for a script.',
      command: '<%= config.bin %> <%= command.id %> --verify --json version-2',
    },
  ]
  static override args = { directory: DATA_DIRECTORY }
  static override flags = {
    ...DATA_PLACE,
    verify: Flags.boolean({ summary: 'Read everything: count records and nodes, say what is usable.' }),
    'jute-maxbuffer': juteMaxbuffer,
  }

  async run(): Promise<DataLsResult> {
    const { args, flags } = await this.parse(DataLs)
    const result = await listData({
      directory: args.directory,
      config: flags.config,
      logDir: flags['log-dir'],
      verify: flags.verify,
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    this.print(dataLsText(result, this.stdoutTerminal.style))
    const wrong = result.findings.some(({ severity }) => severity !== 'info')
    process.exitCode = wrong ? ExitCode.Findings : ExitCode.Ok
    return result
  }
}
