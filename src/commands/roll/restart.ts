import { RollCommand } from '../../cli/roll-command.ts'
import { ROLL, rollOptions } from '../../cli/roll-flags.ts'
import { prepareRoll } from '../../operations/roll/prepare.ts'
import { restartKind } from '../../operations/roll/restart.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class RollRestart extends RollCommand {
  static override summary = 'Restart the members of an ensemble one after the other, without an interruption.'
  static override description =
    'Whoever does not serve comes first, then observers, followers and the leader last; who leads is looked at before each one. A member is only touched while the others are a quorum, in sync and of one configuration, and the next one only when it serves again, the leader counts it and a pause is over; anything else ends the roll, with the reason and exit code 6, and zkops roll resume goes on. What restarts a member says zkops.yaml (restart, or stop and start, through exec: ssh, docker, kubectl, anything), or --exec; the servers of a local sandbox need neither. --dry-run shows the very commands. Refused (5) when the ensemble cannot spare a member, or one would come back with an empty directory.'
  static override examples = [
    {
      description: 'What would be done, and in which order.',
      command: '<%= config.bin %> <%= command.id %> --ensemble prod --dry-run',
    },
    { description: 'One member.', command: '<%= config.bin %> <%= command.id %> --servers 2 --settle 2s --execute' },
    {
      description: 'All members of an ensemble that no inventory knows.',
      command:
        "<%= config.bin %> <%= command.id %> --connect zk1:2181 --exec 'ssh {host} sudo systemctl restart zookeeper' --dry-run",
    },
  ]
  static override flags = ROLL

  async run(): Promise<PlanResult | ChangeResult> {
    const { flags } = await this.parse(RollRestart)
    return this.carryOut(await prepareRoll(rollOptions(flags), this.context, restartKind), flags)
  }
}
