import { zookeeperLine } from '../../cli/config-flags.ts'
import { RollCommand } from '../../cli/roll-command.ts'
import { ROLL, rollOptions } from '../../cli/roll-flags.ts'
import { prepareRoll } from '../../operations/roll/prepare.ts'
import { upgradeKind } from '../../operations/roll/upgrade.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class RollUpgrade extends RollCommand {
  static override summary = 'Bring another release onto the members, one after the other.'
  static override description =
    'Knows what goes wrong between the release of each member and the new one, and looks with the doctor at data directories on this machine as the new release would start on them; what would lose data, and a way back to an older release, is refused (5). Then members are restarted as zkops roll restart does, and each has to come back with the new release before the next one is touched. What installs the release is up to the command that restarts a member (--exec, with {to} for the release), or done before; the servers of a local sandbox get it by themselves. What members need not be restarted, because they run it, are left alone.'
  static override examples = [
    {
      description: 'What stands against it, and in which order it would be done.',
      command: '<%= config.bin %> <%= command.id %> --to 3.9 --dry-run --json',
    },
    {
      description: 'With a package manager.',
      command:
        "<%= config.bin %> <%= command.id %> --to 3.9.5 --exec 'ssh {host} sudo upgrade-zookeeper {to}' --dry-run",
    },
  ]
  static override flags = {
    ...ROLL,
    to: zookeeperLine({ summary: 'The release, or any release of a line.', required: true }),
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { flags } = await this.parse(RollUpgrade)
    const { context } = this
    const kind = upgradeKind(flags.to, context.progress)
    return this.carryOut(await prepareRoll({ ...rollOptions(flags), to: flags.to }, context, kind), flags)
  }
}
