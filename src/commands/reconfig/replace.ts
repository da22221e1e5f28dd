import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { CheckedChangeCommand, type CheckedResult } from '../../cli/checked-change-command.ts'
import { liveContext } from '../../cli/live-flags.ts'
import { PLANNING, reconfigOptions } from '../../cli/reconfig-flags.ts'
import { prepareReconfig } from '../../operations/reconfig/change.ts'

export default class ReconfigReplace extends CheckedChangeCommand {
  static override summary = 'Put a server in the place of another one, in one request.'
  static override description =
    'For a member that is dead for good: keep it from coming back (power, network, disabled unit), prepare a server with an id that was never used, and let it get in sync. Both changes are one atomic request: added first, the dead one would count against the new majority; removed first, there would be no spare. The member that goes may run as well.'
  static override examples = [
    {
      description: 'A dead member by a new one.',
      command:
        "<%= config.bin %> <%= command.id %> 3 --with 'server.6=zk6:2888:3888:participant;2181' --dry-run --connect zk1:2181",
    },
    {
      description: 'By one that the inventory lists; the plan is saved for a review.',
      command:
        "<%= config.bin %> <%= command.id %> 3 --with 'server.6=zk6:2888:3888;2181' -o plan.json --connect zk1:2181",
    },
  ]
  static override args = { id: Args.string({ description: 'The member that goes.', required: true }) }
  static override flags = {
    ...PLANNING,
    with: Flags.string({ summary: 'The one that comes: its id in the inventory, or its whole line.', required: true }),
  }

  async run(): Promise<CheckedResult> {
    const { args, flags } = await this.parse(ReconfigReplace)
    const request = { kind: 'replace', id: args.id, by: flags.with } as const
    const prepared = await prepareReconfig({ ...reconfigOptions(flags), request }, liveContext(this.signal))
    return this.carryOut(prepared, flags)
  }
}
