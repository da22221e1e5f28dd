import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../../cli/change-command.ts'
import { LIVE } from '../../../cli/live-flags.ts'
import { planInit } from '../../../operations/inventory/init.ts'
import { fmtText } from '../../../render/config-fmt.ts'
import type { ChangeResult, PlanResult } from '../../../support/change.ts'

export default class ConfigInventoryInit extends ChangeCommand {
  static override summary = 'Write zkops.yaml: the ensembles that live commands work on.'
  static override description =
    "Takes the members from a zoo.cfg, from a folder of members' folders, or asks running servers (--connect), and puts them into the inventory: servers with hosts, ports, roles and directories. In an inventory that is there everything stays, comments too: servers that it does not have are added, and what the configuration says otherwise is changed; both are shown as a diff first, and the old file is kept. How to run something on a member, passwords' files and thresholds are yours to add."
  static override examples = [
    {
      description: 'What one zoo.cfg says about all members.',
      command: '<%= config.bin %> <%= command.id %> --config conf/zoo.cfg --ensemble prod --dry-run',
    },
    {
      description: "What all members' files say, into a file of its own.",
      command:
        '<%= config.bin %> <%= command.id %> --config members --ensemble staging --inventory inventories/zkops.yaml --execute',
    },
  ]
  static override flags = {
    config: Flags.string({
      summary: "The zoo.cfg of a member, or a folder of members' folders.",
      helpValue: '<zoo.cfg>',
      exactlyOne: ['config', 'connect'],
    }),
    connect: Flags.string({
      summary: 'Ask running servers by their client ports; one is enough from 3.5 on.',
      helpValue: '<host:port,…>',
    }),
    timeout: LIVE.timeout,
    ensemble: Flags.string({ summary: 'The name of the entry; main in a new file.', helpValue: '<name>' }),
    inventory: Flags.string({
      summary: 'The file to write; the zkops.yaml that is found, else one in the working directory.',
      helpValue: '<zkops.yaml>',
    }),
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { flags } = await this.parse(ConfigInventoryInit)
    const { config, connect, ensemble, inventory, timeout } = flags
    const live = connect === undefined ? undefined : { connect, timeoutMs: timeout }
    const { change, diffs } = await planInit({ config, live, ensemble, inventory }, this.signal)
    this.print(fmtText(diffs, this.stdoutTerminal.style))
    return this.change(change, flags)
  }
}
