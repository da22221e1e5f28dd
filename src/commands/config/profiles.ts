import * as Args from '@oclif/core/args'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { listProfiles, type ProfilesResult } from '../../operations/generate-config/profiles.ts'
import { profilesText, profileText } from '../../render/config-profiles.ts'
import { ZkopsError } from '../../support/errors.ts'

export default class ConfigProfiles extends ZkopsCommand {
  static override summary = 'List the hardware profiles of config generate, or show one.'
  static override description =
    'A profile says what a kind of machine and its use ask of a configuration: memory, log device, limits and the values of zoo.cfg, each with its reason, and which warnings of config lint it lives with. Profiles are YAML files; yours lie in zkops/templates/profiles of the XDG configuration directory (~/.config), come before those of zkops, and may begin with another one: extends: medium.'
  static override examples = [
    { description: 'All of them.', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'One, with the reasons.', command: '<%= config.bin %> <%= command.id %> show medium' },
  ]
  static override args = {
    action: Args.string({ description: 'show: all that one profile says', options: ['show'] }),
    profile: Args.string({ description: 'its name or its file' }),
  }

  async run(): Promise<ProfilesResult> {
    const { args } = await this.parse(ConfigProfiles)
    if (args.action !== undefined && args.profile === undefined) {
      throw new ZkopsError('usage', 'show wants the name of a profile', { hint: 'zkops config profiles lists them.' })
    }
    const result = listProfiles(args.profile)
    this.print(args.profile === undefined ? profilesText(result) : profileText(result, this.stdoutTerminal.style))
    return result
  }
}
