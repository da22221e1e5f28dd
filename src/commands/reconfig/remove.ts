import * as Args from '@oclif/core/args'
import { CheckedChangeCommand, type CheckedResult } from '../../cli/checked-change-command.ts'
import { liveContext } from '../../cli/live-flags.ts'
import { PLANNING, reconfigOptions } from '../../cli/reconfig-flags.ts'
import { prepareReconfig } from '../../operations/reconfig/change.ts'

export default class ReconfigRemove extends CheckedChangeCommand {
  static override summary = 'Take servers out of a live ensemble.'
  static override description =
    'Take them out first and stop them then: the other way round spends the tolerance that the ensemble has. A server that is out runs on without a vote until it is stopped; that it is safe to stop is said only when it is proved. Refused are ids that are no members (a server would answer that it is done), two voters that would be left, the leader, and whatever would leave the ensemble without a quorum after one more loss. Several ids are one request.'
  static override examples = [
    { description: 'What it would do.', command: '<%= config.bin %> <%= command.id %> 3 --dry-run --connect zk1:2181' },
    {
      description: 'Two servers in one request.',
      command: '<%= config.bin %> <%= command.id %> 4 5 --connect zk1:2181 --auth-user super --dry-run',
    },
  ]
  static override strict = false
  static override args = { id: Args.string({ description: '3 or server.3.', required: true }) }
  static override flags = PLANNING

  async run(): Promise<CheckedResult> {
    const { argv, flags } = await this.parse(ReconfigRemove)
    const request = { kind: 'remove', ids: argv as string[] } as const
    const prepared = await prepareReconfig({ ...reconfigOptions(flags), request }, liveContext(this.signal))
    return this.carryOut(prepared, flags)
  }
}
