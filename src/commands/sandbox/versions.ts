import { ZkopsCommand } from '../../cli/base-command.ts'
import { listVersions, type VersionsResult } from '../../operations/sandbox.ts'
import { versionsText } from '../../render/sandbox.ts'

export default class SandboxVersions extends ZkopsCommand {
  static override summary = 'List the ZooKeeper releases that can be run here.'
  static override description =
    "What sandbox up can start without fetching anything: releases in the cache, the distribution that ZOOKEEPER_HOME names, and Debian's packages."
  static override examples = [
    { description: 'What is there.', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'For a script.', command: '<%= config.bin %> <%= command.id %> --json' },
  ]

  async run(): Promise<VersionsResult> {
    await this.parse(SandboxVersions)
    const result = await listVersions()
    this.print(await versionsText(result, this.stdoutTerminal.style))
    return result
  }
}
