import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { CheckedChangeCommand, type CheckedResult } from '../../cli/checked-change-command.ts'
import { liveContext } from '../../cli/live-flags.ts'
import { PLANNING, reconfigOptions } from '../../cli/reconfig-flags.ts'
import { prepareReconfig } from '../../operations/reconfig/change.ts'

export default class ReconfigScale extends CheckedChangeCommand {
  static override summary = 'Give a live ensemble so many voters, in safe steps.'
  static override description =
    'Up: the servers of --with join, in their order, else those of the inventory that are no members; all of them have to run and to be in sync. Down: those with the highest ids leave, the leader last. The way there is one request where no moment of it can go wrong, else several.'
  static override examples = [
    {
      description: 'From three to five.',
      command:
        "<%= config.bin %> <%= command.id %> 5 --with 'server.4=zk4:2888:3888;2181' 'server.5=zk5:2888:3888;2181' --dry-run --connect zk1:2181",
    },
    {
      description: 'Back to three.',
      command: '<%= config.bin %> <%= command.id %> 3 --connect zk1:2181 --auth-user super --dry-run',
    },
  ]
  static override args = {
    voters: Args.integer({ description: 'How many voters there are to be.', min: 1, max: 255, required: true }),
  }
  static override flags = {
    ...PLANNING,
    with: Flags.string({ summary: 'Who joins: ids of the inventory, or whole lines.', multiple: true }),
  }

  async run(): Promise<CheckedResult> {
    const { args, flags } = await this.parse(ReconfigScale)
    const request = { kind: 'scale', voters: args.voters, joiners: flags.with ?? [] } as const
    const prepared = await prepareReconfig({ ...reconfigOptions(flags), request }, liveContext(this.signal))
    return this.carryOut(prepared, flags)
  }
}
