import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { RollCommand } from '../../cli/roll-command.ts'
import { ROLL, rollOptions } from '../../cli/roll-flags.ts'
import { type ConfigDiff, configKind, wantedFiles } from '../../operations/roll/config.ts'
import { prepareRoll } from '../../operations/roll/prepare.ts'
import { configDiffsText } from '../../render/roll.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class RollConfig extends RollCommand {
  static override summary = 'Bring new settings into effect, one member after the other.'
  static override description =
    "Takes a zoo.cfg for all members, a folder with one for each (DIR/1/zoo.cfg, …), or --set for single keys of each member's own file. Shows what changes on each member, lines of secrets hidden; puts the file in its place as a whole, restarts the member as zkops roll restart does, and holds what it says it runs with against the file. A file that a server would not take, other members and quorum TLS in one go are refused (5). A member that does not come back ends it (6) with the others untouched; the old files are kept, and the command that brings them back the same way is printed. Members whose file is that already are left alone."
  static override examples = [
    {
      description: 'One key on every member.',
      command: '<%= config.bin %> <%= command.id %> --set snapCount=50000 --settle 1s --execute',
    },
    {
      description: 'What it would change, for a script.',
      command: '<%= config.bin %> <%= command.id %> --set maxClientCnxns=100 --set initLimit=20 --dry-run --json',
    },
  ]
  static override args = {
    file: Args.string({ description: 'a zoo.cfg for all members, or a folder with one for each', ignoreStdin: true }),
  }
  static override flags = {
    ...ROLL,
    set: Flags.string({
      summary: "A key of every member's own file; key= takes it away.",
      helpValue: '<key=value>',
      multiple: true,
    }),
  }

  async run(): Promise<(PlanResult | ChangeResult) & { readonly files: readonly ConfigDiff[] }> {
    const { args, flags } = await this.parse(RollConfig)
    const wanted = wantedFiles({ place: args.file, set: flags.set ?? [] })
    let files: readonly ConfigDiff[] = []
    const kind = configKind(wanted, (diffs) => {
      files = diffs
    })
    const change = await prepareRoll(rollOptions(flags), this.context, kind)
    this.print(configDiffsText(files, this.stdoutTerminal.style))
    return { ...(await this.carryOut(change, flags)), files }
  }
}
