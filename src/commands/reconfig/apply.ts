import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { CheckedChangeCommand, type CheckedResult } from '../../cli/checked-change-command.ts'
import { liveContext } from '../../cli/live-flags.ts'
import { PLANNING, reconfigOptions } from '../../cli/reconfig-flags.ts'
import { prepareReconfig } from '../../operations/reconfig/change.ts'
import { entriesGiven } from '../../operations/reconfig/entries.ts'
import { prepareSaved, readSavedPlan } from '../../operations/reconfig/saved-plan.ts'

export default class ReconfigApply extends CheckedChangeCommand {
  static override summary = 'Bring a live ensemble to a list of members, or carry out a saved plan.'
  static override description =
    'The list names all members, with groups and weights when the servers are to decide by them: the only way to change those. It is a file of server, group and weight lines, as a dynamic file is, or --servers. Where one request for all of it is not safe, addresses change first, one after the other, and then the members, server by server. With --plan a plan that was saved with -o is carried out; it is refused when what it was computed from has changed.'
  static override examples = [
    {
      description: 'A list; what it would take.',
      command:
        "<%= config.bin %> <%= command.id %> --servers 'server.1=zk1:2888:3888;2181' 'server.2=zk2:2888:3888;2181' 'server.3=zk3:2888:3888;2181' --dry-run --connect zk1:2181",
    },
    {
      description: 'Groups and weights.',
      command:
        "<%= config.bin %> <%= command.id %> --servers 'server.1=zk1:2888:3888;2181' 'server.2=zk2:2888:3888;2181' group.1=1:2 weight.1=2 --dry-run --connect zk1:2181",
    },
  ]
  static override args = {
    file: Args.string({ description: 'Lines of servers, groups and weights; - reads them from stdin.' }),
  }
  static override flags = {
    ...PLANNING,
    servers: Flags.string({ summary: 'Lines of servers, groups and weights.', multiple: true, exclusive: ['plan'] }),
    plan: Flags.string({ summary: 'A plan that -o saved.', helpValue: '<plan.json>', exclusive: ['output', 'accept'] }),
  }

  async run(): Promise<CheckedResult> {
    const { args, flags } = await this.parse(ReconfigApply)
    const options = reconfigOptions(flags)
    const context = liveContext(this.signal)
    if (flags.plan !== undefined) {
      return this.carryOut(await prepareSaved(await readSavedPlan(flags.plan), options, context), flags)
    }
    const request = { kind: 'apply', entries: await entriesGiven(args.file, flags.servers) } as const
    return this.carryOut(await prepareReconfig({ ...options, request }, context), flags)
  }
}
