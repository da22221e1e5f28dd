import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { duration } from '../../cli/flags.ts'
import { type SandboxStatus, sandboxUp } from '../../operations/sandbox.ts'
import { sandboxText } from '../../render/sandbox.ts'

export default class SandboxUp extends ZkopsCommand {
  static override summary = 'Start a real ensemble on this machine.'
  static override description =
    'Real servers on loopback and free ports: to rehearse a change, to try zkops, to test an application. Each gets directories of its own for data and transaction logs, an AdminServer, small heaps and a dynamic configuration (3.5 on); the superuser password lies in a file that only you can read. Waits until all serve. Fetches the release when it is missing.'
  static override examples = [
    {
      description: 'Three servers of the newest release.',
      command: '<%= config.bin %> <%= command.id %> --name rehearsal',
    },
    {
      description: 'One old server with TTL nodes switched on.',
      command: '<%= config.bin %> <%= command.id %> --standalone --zookeeper 3.5 --property extendedTypesEnabled=true',
    },
  ]
  static override flags = {
    members: Flags.integer({ summary: 'Voting servers.', default: 3, min: 1, max: 50 }),
    observers: Flags.integer({ summary: 'Servers without a vote.', default: 0, min: 0, max: 50 }),
    standalone: Flags.boolean({ summary: 'One server without an ensemble.' }),
    zookeeper: Flags.string({ summary: 'Release, or line for its newest. Default: the newest.', helpValue: '<3.9.5>' }),
    'zookeeper-home': Flags.string({
      summary: 'Run this unpacked distribution.',
      env: 'ZOOKEEPER_HOME',
      noCacheDefault: true,
      helpValue: '<dir>',
    }),
    name: Flags.string({ summary: 'What to call it.', helpValue: '<name>' }),
    dir: Flags.string({ summary: 'Where its files lie; must be new or empty.', helpValue: '<dir>' }),
    property: Flags.string({
      summary: 'A line for every zoo.cfg; may be repeated.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<key=value>',
    }),
    'jvm-flag': Flags.string({
      summary: 'A flag for every JVM; may be repeated.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<-D…>',
    }),
    timeout: duration({
      summary: 'How long to wait until all serve.',
      default: 120_000,
      defaultHelp: async () => '120s',
    }),
  }

  async run(): Promise<SandboxStatus> {
    const { flags } = await this.parse(SandboxUp)
    const status = await sandboxUp({
      name: flags.name,
      dir: flags.dir,
      members: flags.members,
      observers: flags.observers,
      standalone: flags.standalone,
      zookeeper: flags.zookeeper,
      zookeeperHome: flags['zookeeper-home'],
      properties: flags.property ?? [],
      jvmFlags: flags['jvm-flag'] ?? [],
      timeoutMs: flags.timeout,
      progress: this.progress,
      signal: this.signal,
    })
    this.print(await sandboxText(status, this.stdoutTerminal.style))
    return status
  }
}
