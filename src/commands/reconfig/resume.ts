import { CheckedChangeCommand, type CheckedResult } from '../../cli/checked-change-command.ts'
import { liveContext } from '../../cli/live-flags.ts'
import { JOURNAL, RECONFIG, reconfigOptions } from '../../cli/reconfig-flags.ts'
import { prepareResume } from '../../operations/reconfig/resume.ts'

export default class ReconfigResume extends CheckedChangeCommand {
  static override summary = 'Go on with a change of members that was interrupted.'
  static override description =
    'Whatever stopped it: a kill, a lost connection, a member that was not ready. The journal tells which memberships there were to be, the servers tell which one there is, so a request that nobody saw answered is neither lost nor sent twice. What is left is planned and checked as anything is; when nothing is left, what holds afterwards is verified. Refused when somebody else has changed the members.'
  static override examples = [
    { description: 'What is left to do.', command: '<%= config.bin %> <%= command.id %> --dry-run --ensemble prod' },
    {
      description: 'Go on.',
      command: '<%= config.bin %> <%= command.id %> --connect zk1:2181 --auth-user super --execute',
    },
  ]
  static override flags = { ...RECONFIG, journal: JOURNAL }

  async run(): Promise<CheckedResult> {
    const { flags } = await this.parse(ReconfigResume)
    const options = { ...reconfigOptions(flags), journal: flags.journal }
    return this.carryOut(await prepareResume(options, liveContext(this.signal)), flags)
  }
}
