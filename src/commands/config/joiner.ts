import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../cli/change-command.ts'
import { zookeeperLine } from '../../cli/config-flags.ts'
import { RUNNING, runningOptions } from '../../cli/live-flags.ts'
import { planJoiner } from '../../operations/joiner/joiner.ts'
import { fmtText } from '../../render/config-fmt.ts'
import { stepsText } from '../../render/config-steps.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class ConfigJoiner extends ChangeCommand {
  static override summary = 'Make the files of a member that joins an ensemble.'
  static override description =
    "Takes a member's zoo.cfg and makes zoo.cfg, the dynamic file, myid and java.env of a new member of them: the same settings, the present members and itself, and nothing with which it could vote before it has the data. Refused are an id or address that is taken, several new participants that know each other, and members whose files do not agree. Several that join as observers can be made at once. With --ensemble or --connect running members say who they are and what they run with: a file that says otherwise is refused, and without --from the files hold what they tell. How to go on is said at the end. Use it before a member is added by reconfig."
  static override examples = [
    {
      description: 'A fourth member.',
      command:
        "<%= config.bin %> <%= command.id %> --id 4 --server 'zk4.example.org:2888:3888;2181' --from conf/zoo.cfg --output joiner --execute",
    },
    {
      description: 'Two observers, after the files of all members.',
      command:
        '<%= config.bin %> <%= command.id %> --id 4 5 --server zk4:2888:3888:observer zk5:2888:3888:observer --from members --output joiners --dry-run',
    },
  ]
  static override flags = {
    id: Flags.integer({
      summary: 'The id of the new member, one that was never used.',
      required: true,
      multiple: true,
      min: 0,
      max: 255,
    }),
    server: Flags.string({
      summary: 'HOST[:QUORUM:ELECTION[:ROLE]][;CLIENT]: its server line; one for each --id.',
      required: true,
      multiple: true,
    }),
    from: Flags.string({
      summary: "A member's zoo.cfg, or a folder of members' folders.",
      helpValue: '<zoo.cfg>',
      atLeastOne: ['from', 'ensemble', 'connect', 'inventory'],
    }),
    ...RUNNING,
    zookeeper: zookeeperLine({ summary: 'The release or line of the servers; the newest without it.' }),
    output: Flags.string({ summary: 'The folder for the files; joiner-ID without it.', helpValue: '<dir>' }),
    'conf-dir': Flags.string({ summary: 'Where the files will lie on its host.', default: '/etc/zookeeper' }),
    'data-dir': Flags.string({ summary: 'Its dataDir, when not that of the members.', helpValue: '<dir>' }),
    'log-dir': Flags.string({ summary: 'Its dataLogDir, when not that of the members.', helpValue: '<dir>' }),
    'admin-port': Flags.integer({
      summary: 'Its admin.serverPort, when not that of the members.',
      min: 1,
      max: 65_535,
    }),
  }

  async run(): Promise<(PlanResult | ChangeResult) & { next: readonly string[] }> {
    const { flags } = await this.parse(ConfigJoiner)
    const { change, diffs, next } = await planJoiner(
      {
        ...{ ids: flags.id, servers: flags.server, from: flags.from, zookeeper: flags.zookeeper },
        output: flags.output ?? `joiner-${flags.id.join('-')}`,
        ...{ confDir: flags['conf-dir'], dataDir: flags['data-dir'], logDir: flags['log-dir'] },
        adminPort: flags['admin-port'],
        live: runningOptions(flags),
      },
      this.signal,
    )
    const { style } = this.stdoutTerminal
    this.print(fmtText(diffs, style))
    const result = await this.change(change, flags)
    this.print(stepsText('How to go on', next))
    return { ...result, next }
  }
}
