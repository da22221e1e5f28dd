import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../cli/change-command.ts'
import { listTemplates, planEject, type TemplatesResult } from '../../operations/generate-config/templates.ts'
import { fmtText } from '../../render/config-fmt.ts'
import { templatesText } from '../../render/config-profiles.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class ConfigTemplates extends ChangeCommand {
  static override summary = 'List the templates of config generate, or copy them out to be changed.'
  static override description =
    'Templates are plain files in which config generate puts values where {{name}} stands: zoo.cfg, java.env, the systemd unit and more; profiles are listed too. Files of the same name in zkops/templates of the XDG configuration directory (~/.config) come before those of zkops. With --eject all that is in force is copied into a folder; keep there only what you change, so that the rest follows new releases.'
  static override examples = [
    { description: 'All of them, and which are yours.', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'A copy to change.', command: '<%= config.bin %> <%= command.id %> --eject templates --dry-run' },
  ]
  static override flags = {
    eject: Flags.string({ summary: 'Copy them into this folder.', helpValue: '<dir>' }),
  }

  async run(): Promise<TemplatesResult | PlanResult | ChangeResult> {
    const { flags } = await this.parse(ConfigTemplates)
    const { style } = this.stdoutTerminal
    if (flags.eject === undefined) {
      const result = listTemplates()
      this.print(templatesText(result, style))
      return result
    }
    const { change, diffs } = planEject(flags.eject)
    this.print(fmtText(diffs, style))
    return this.change(change, flags)
  }
}
