import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../cli/change-command.ts'
import { DATA_PLACE } from '../../cli/data-flags.ts'
import { planInit } from '../../operations/data-dir/init.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class DataInit extends ChangeCommand {
  static override summary = 'Make the directories, myid and marker of a new member.'
  static override description =
    'Makes dataDir and dataLogDir with their version-2 and writes myid, all that a server wants before its first start. With --role first it also leaves the marker initialize, where a server looks for it (beside the version-2 of the logs): with db.autocreate=false only a server that finds it votes without data. Give it to the members of a brand-new ensemble at their first start only, never to one that joins, is replaced or comes back. Refused where a member is already, and for an id that the configuration does not list.'
  static override examples = [
    {
      description: 'A member that joins.',
      command: '<%= config.bin %> <%= command.id %> new-member --myid 4 --dry-run',
    },
    {
      description: 'A member of a brand-new ensemble, with its logs on a disk of their own.',
      command: '<%= config.bin %> <%= command.id %> new-member --log-dir new-logs --myid 1 --role first --dry-run',
    },
  ]
  static override args = { target: Args.string({ description: 'the data directory to make' }) }
  static override flags = {
    ...DATA_PLACE,
    myid: Flags.integer({ summary: 'The id of the member.', required: true, min: 0, max: 254 }),
    role: Flags.option({
      summary: 'first: of a brand-new ensemble. joiner: of one that is.',
      options: ['first', 'joiner'] as const,
      default: 'joiner' as const,
    })(),
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { args, flags } = await this.parse(DataInit)
    const { config, myid, role } = flags
    return this.change(await planInit({ directory: args.target, config, logDir: flags['log-dir'], myid, role }), flags)
  }
}
