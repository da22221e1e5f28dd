import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { DATA_DIRECTORIES, DATA_PLACES } from '../../cli/data-flags.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { juteMaxbuffer } from '../../cli/log-flags.ts'
import { type CompareDataResult, compareData } from '../../operations/data-dir/compare.ts'
import { dataCompareText } from '../../render/data-compare.ts'

export default class DataCompare extends ZkopsCommand {
  static override summary = "Compare members' directories: which of these disks is the truth."
  static override description =
    "For the night when members disagree, and before any of them is wiped: their logs are compared record by record, each with each. Says up to where a majority of the directories agrees, which tails only few have (never committed, if all members' directories are given), where two hold different transactions, who lacks what, who would win an election by epoch, zxid and id, and which directory to go on with. Give all members; copies and backups do as well. --trees also restores each tree at the highest zxid that all reach and compares digests. Exit 0 when the histories are identical."
  static override examples = [
    { description: 'Two members.', command: '<%= config.bin %> <%= command.id %> members/1 members/2' },
    {
      description: 'With their trees, for a script.',
      command: '<%= config.bin %> <%= command.id %> --trees --json members/1 members/2',
    },
  ]
  static override strict = false
  static override args = { places: DATA_DIRECTORIES }
  static override flags = {
    'log-dir': DATA_PLACES['log-dir'],
    trees: Flags.boolean({ summary: 'Restore the trees and compare their digests.' }),
    'jute-maxbuffer': juteMaxbuffer,
  }

  async run(): Promise<CompareDataResult> {
    const { argv, flags } = await this.parse(DataCompare)
    const result = await compareData({
      directories: argv as string[],
      logDirs: flags['log-dir'],
      trees: flags.trees,
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    this.print(await dataCompareText(result, this.stdoutTerminal.style))
    const sound = result.findings.every(({ severity }) => severity === 'info')
    process.exitCode = result.verdict === 'identical' && sound ? ExitCode.Ok : ExitCode.Findings
    return result
  }
}
