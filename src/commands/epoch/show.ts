import { ZkopsCommand } from '../../cli/base-command.ts'
import { DATA_DIRECTORIES, DATA_PLACES } from '../../cli/data-flags.ts'
import { juteMaxbuffer } from '../../cli/log-flags.ts'
import { type EpochResult, showEpochs } from '../../operations/epoch/inspect.ts'
import { epochText } from '../../render/epoch.ts'

export default class EpochShow extends ZkopsCommand {
  static override summary = 'Show the epoch files of members beside the epoch of their data.'
  static override description =
    "A member starts only when epoch of the last zxid <= currentEpoch <= acceptedEpoch, and an election prefers the higher currentEpoch before it looks at data. Use it when a member does not start, does not join, or before a directory is put back: with all members' directories it also says who stands out. The last zxid is what a start reaches by the newest snapshot and the logs behind it, of which only both ends are read when they are long; data doctor reads all. Standalone servers do not read these files."
  static override examples = [
    { description: 'Two members.', command: '<%= config.bin %> <%= command.id %> members/1 members/2' },
    { description: 'For a script.', command: '<%= config.bin %> <%= command.id %> --json version-2' },
  ]
  static override strict = false
  static override args = { places: DATA_DIRECTORIES }
  static override flags = { ...DATA_PLACES, 'jute-maxbuffer': juteMaxbuffer }

  async run(): Promise<EpochResult> {
    const { argv, flags } = await this.parse(EpochShow)
    const result = await showEpochs({
      directories: argv as string[],
      config: flags.config,
      logDirs: flags['log-dir'],
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    this.print(await epochText(result, this.stdoutTerminal.style))
    return result
  }
}
