import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../cli/change-command.ts'
import { DATA_PLACE } from '../../cli/data-flags.ts'
import { listUndo, planUndo, type UndoListing } from '../../operations/data-repair/undo.ts'
import { undoListText } from '../../render/data-undo.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class DataUndo extends ChangeCommand {
  static override summary = 'Take back a change to a data directory, byte for byte.'
  static override description =
    'For data repair, data seed and epoch repair: the files that they changed come back with their contents, modes, owners and times, and what they made goes. Give the id that the change printed and the data directory, in any order, or the directory of the bundle; without an id the newest is taken, --list shows all. Refused when a file was changed, made or removed since, because a server ran or somebody worked there, and while a server has the directory. Killed half-way, the same command finishes.'
  static override examples = [
    { description: 'What can be taken back.', command: '<%= config.bin %> <%= command.id %> --list members/1' },
    {
      description: 'What the newest would put back.',
      command: '<%= config.bin %> <%= command.id %> members/1 --dry-run',
    },
  ]
  static override strict = false
  static override args = { directory: Args.string({ description: 'id, data directory, or both' }) }
  static override flags = {
    config: DATA_PLACE.config,
    list: Flags.boolean({ summary: 'List what can be taken back.' }),
  }

  async run(): Promise<PlanResult | ChangeResult | UndoListing> {
    const { argv, flags } = await this.parse(DataUndo)
    const place = { words: argv as string[], config: flags.config }
    if (!flags.list) return this.change(await planUndo(place), flags)
    const listing = await listUndo(place)
    this.print(undoListText(listing))
    return listing
  }
}
