import * as Args from '@oclif/core/args'
import { CheckedChangeCommand, type CheckedResult } from '../../cli/checked-change-command.ts'
import { liveContext } from '../../cli/live-flags.ts'
import { PLANNING, reconfigOptions } from '../../cli/reconfig-flags.ts'
import { prepareReconfig } from '../../operations/reconfig/change.ts'

const ROLES = ['observer', 'participant'] as const

export default class ReconfigRole extends CheckedChangeCommand {
  static override summary = 'Give a member of a live ensemble a vote, or take it.'
  static override description =
    'An observer whose vote would be needed for the decision cannot become a voter directly: the leader answers NewConfigNoQuorum, because observers acknowledge nothing. It is taken out first then, comes back as a follower without a vote, and is added as a voter: two steps, which are planned as such. A voter becomes an observer in one.'
  static override examples = [
    {
      description: 'A vote for an observer.',
      command: '<%= config.bin %> <%= command.id %> 4 participant --dry-run --connect zk1:2181',
    },
    {
      description: 'No vote any more.',
      command: '<%= config.bin %> <%= command.id %> 4 observer --connect zk1:2181 --auth-user super --dry-run',
    },
  ]
  static override args = {
    id: Args.string({ description: 'The member.', required: true }),
    role: Args.string({ description: 'What it is to be.', options: [...ROLES], required: true }),
  }
  static override flags = PLANNING

  async run(): Promise<CheckedResult> {
    const { args, flags } = await this.parse(ReconfigRole)
    const request = { kind: 'role', id: args.id, role: args.role as (typeof ROLES)[number] } as const
    const prepared = await prepareReconfig({ ...reconfigOptions(flags), request }, liveContext(this.signal))
    return this.carryOut(prepared, flags)
  }
}
