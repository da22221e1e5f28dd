import * as Args from '@oclif/core/args'
import { ChangeCommand } from '../../cli/change-command.ts'
import { type FormattedText, formatStdin, planFmt } from '../../operations/zoo-cfg/fmt.ts'
import { fmtText } from '../../render/config-fmt.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class ConfigFmt extends ChangeCommand {
  static override summary = 'Bring configuration files into one form.'
  static override description =
    'Writes key=value on one line each, without blanks around and with Unix line ends; order, comments, duplicates and escapes stay, and so does everything that a server reads. Blanks at the end of values go: servers refuse them behind members and ignore them elsewhere. The lines that change are shown first, and the old file is kept beside the new one. With - it reads standard input and prints the result.'
  static override examples = [
    { description: 'What would change.', command: '<%= config.bin %> <%= command.id %> conf/zoo.cfg --dry-run' },
    { description: 'In a pipe.', command: 'cat conf/zoo.cfg | <%= config.bin %> <%= command.id %> -' },
  ]
  static override strict = false
  static override args = {
    files: Args.string({
      description: "configuration files, folders of members' folders, or - for standard input",
      required: true,
    }),
  }

  async run(): Promise<PlanResult | ChangeResult | FormattedText> {
    const { argv, flags } = await this.parse(ConfigFmt)
    const places = argv as string[]
    if (places.length === 1 && places[0] === '-') {
      const formatted = await formatStdin(this.signal)
      if (!this.jsonEnabled()) this.output.write(Buffer.from(formatted.text, formatted.encoding))
      return formatted
    }
    const { change, diffs } = planFmt(places)
    this.print(fmtText(diffs, this.stdoutTerminal.style))
    return this.change(change, flags)
  }
}
