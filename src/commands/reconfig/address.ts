import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { CheckedChangeCommand, type CheckedResult } from '../../cli/checked-change-command.ts'
import { liveContext } from '../../cli/live-flags.ts'
import { PLANNING, reconfigOptions } from '../../cli/reconfig-flags.ts'
import { prepareReconfig } from '../../operations/reconfig/change.ts'

export default class ReconfigAddress extends CheckedChangeCommand {
  static override summary = 'Give a member of a live ensemble other ports or another address.'
  static override description =
    'The member binds what is new by itself and connects again. Its role and its client address stay as they are where the spec does not name them. One member at a time, the leader last: it hands over. A member that moves to another machine is no change of address but a replacement: reconfig replace, with a new id.'
  static override examples = [
    {
      description: 'Another quorum port.',
      command: '<%= config.bin %> <%= command.id %> 2 --spec zk2:2889:3888 --dry-run --connect zk1:2181',
    },
    {
      description: 'Another client port.',
      command:
        "<%= config.bin %> <%= command.id %> 2 --spec 'zk2:2888:3888;2182' --connect zk1:2181 --auth-user super --dry-run",
    },
  ]
  static override args = { id: Args.string({ description: 'The member.', required: true }) }
  static override flags = {
    ...PLANNING,
    spec: Flags.string({
      summary: 'Its new line, or the value of it.',
      helpValue: "'host:2888:3888;2181'",
      required: true,
    }),
  }

  async run(): Promise<CheckedResult> {
    const { args, flags } = await this.parse(ReconfigAddress)
    const request = { kind: 'address', id: args.id, spec: flags.spec } as const
    const prepared = await prepareReconfig({ ...reconfigOptions(flags), request }, liveContext(this.signal))
    return this.carryOut(prepared, flags)
  }
}
