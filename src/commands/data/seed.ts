import { ChangeCommand } from '../../cli/change-command.ts'
import { zookeeperLine } from '../../cli/config-flags.ts'
import { DATA_DIRECTORY, DATA_PLACE } from '../../cli/data-flags.ts'
import { juteMaxbuffer } from '../../cli/log-flags.ts'
import { dataPlace } from '../../operations/data-dir/place.ts'
import { planSeed } from '../../operations/data-repair/seed.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class DataSeed extends ChangeCommand {
  static override summary = 'Make the first snapshot of complete logs.'
  static override description =
    'For "No snapshot found, but there are log entries": data of 3.4, or snapshots that were deleted or are all damaged. The logs are replayed from the first transaction on and their tree is written as a snapshot, which the plan says how far digests prove. So snapshot.trust.empty is never needed, with which a server takes logs for complete that are not. Refused where a snapshot is whole, and where the logs do not begin with the first transaction, have a hole or damage, or digests that do not fit. Snapshots that no server can read are moved away. Logs without digests (3.4, 3.5) need --zookeeper: it tells with which znodes the servers began.'
  static override examples = [
    {
      description: 'What could be made.',
      command: '<%= config.bin %> <%= command.id %> unseeded --zookeeper 3.8 --dry-run',
    },
    {
      description: 'Make it, in a script.',
      command: '<%= config.bin %> <%= command.id %> unseeded --zookeeper 3.8 --execute',
    },
  ]
  static override args = { directory: DATA_DIRECTORY }
  static override flags = {
    ...DATA_PLACE,
    zookeeper: zookeeperLine({ summary: 'The release line that reads it.' }),
    'jute-maxbuffer': juteMaxbuffer,
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { args, flags } = await this.parse(DataSeed)
    const { config } = flags
    const place = await dataPlace({ directory: args.directory, config, logDir: flags['log-dir'] })
    const change = await planSeed({
      place,
      zookeeper: flags.zookeeper,
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    return this.change(change, flags)
  }
}
