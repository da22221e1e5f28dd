import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { CheckedChangeCommand, type CheckedResult } from '../../cli/checked-change-command.ts'
import { liveContext } from '../../cli/live-flags.ts'
import { PLANNING, reconfigOptions } from '../../cli/reconfig-flags.ts'
import { prepareReconfig } from '../../operations/reconfig/change.ts'

export default class ReconfigAdd extends CheckedChangeCommand {
  static override summary = 'Add servers to a live ensemble.'
  static override description =
    "The servers run already, with the files that config joiner makes, and are in sync without a vote: a server that is not, or belongs to another ensemble, is refused, because the members would take it all the same and lose by it. A server is named by its id, when the inventory lists it, or by its whole line. Shows what was checked, the quorums before, meanwhile and after, and the request; the request is conditional on the version that it was planned on. Afterwards every member's configuration is read, and a write is read at another member."
  static override examples = [
    {
      description: 'By its id; without --spec the inventory says where it is.',
      command: "<%= config.bin %> <%= command.id %> server.4 --spec 'zk4:2888:3888;2181' --dry-run --connect zk1:2181",
    },
    {
      description: 'By its line; the plan as JSON.',
      command:
        "<%= config.bin %> <%= command.id %> 'server.4=zk4:2888:3888:participant;2181' --connect zk1:2181 --auth-user super --json",
    },
  ]
  static override strict = false
  static override args = {
    server: Args.string({
      description: "4, server.4, or 'server.4=host:2888:3888:participant;2181'; several are one request.",
    }),
  }
  static override flags = {
    ...PLANNING,
    spec: Flags.string({
      summary: 'The line of a server that is named by its id.',
      helpValue: "'server.4=host:2888:3888;2181'",
      multiple: true,
    }),
  }

  async run(): Promise<CheckedResult> {
    const { argv, flags } = await this.parse(ReconfigAdd)
    const request = { kind: 'add', servers: argv as string[], specs: flags.spec ?? [] } as const
    const prepared = await prepareReconfig({ ...reconfigOptions(flags), request }, liveContext(this.signal))
    return this.carryOut(prepared, flags)
  }
}
