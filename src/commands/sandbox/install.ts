import * as Args from '@oclif/core/args'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { installVersions, type VersionsResult } from '../../operations/sandbox.ts'
import { versionsText } from '../../render/sandbox.ts'

export default class SandboxInstall extends ZkopsCommand {
  static override summary = 'Fetch ZooKeeper releases with Maven, ready to run.'
  static override description =
    'Makes runnable servers in the cache directory (ZKOPS_CACHE, else zkops in XDG_CACHE_HOME or ~/.cache), with the installed Maven, including the jars that the published POMs leave out. A release is 3.8.6, or a line such as 3.8 for its newest. sandbox up does this by itself when a release is missing.'
  static override examples = [
    { description: 'The newest release.', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Two older ones.', command: '<%= config.bin %> <%= command.id %> 3.4.14 3.8' },
  ]
  static override strict = false
  static override args = { version: Args.string({ description: 'releases or lines; default: the newest' }) }

  async run(): Promise<VersionsResult> {
    const { argv } = await this.parse(SandboxInstall)
    const result = await installVersions(argv as string[], { progress: this.progress, signal: this.signal })
    this.print(await versionsText(result, this.stdoutTerminal.style))
    return result
  }
}
