import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { zookeeperLine } from '../../cli/config-flags.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { RUNNING, runningOptions } from '../../cli/live-flags.ts'
import { listExplanations } from '../../operations/explain.ts'
import { type LintResult, lintConfigs } from '../../operations/zoo-cfg/lint.ts'
import { hasAbandonedLookups } from '../../operations/zoo-cfg/names.ts'
import { lintText } from '../../render/config-lint.ts'
import { sarifText } from '../../render/config-sarif.ts'

export default class ConfigLint extends ZkopsCommand {
  static override summary = 'Check configurations: what a server says to them, and what will go wrong with them.'
  static override description =
    "Tells for every release line whether a server accepts each file, with the server's own message, and then looks for what servers accept and operators regret: misspelt keys that are silently ignored, unsafe switches, timings, memory, exposure, and members whose files differ. myid, the dynamic file and java.env are read with each zoo.cfg. Several files, or a folder of members' folders, are taken for one ensemble. Use it before every start and in review."
  static override examples = [
    { description: 'One file, for 3.8.', command: '<%= config.bin %> <%= command.id %> conf/zoo.cfg --zookeeper 3.8' },
    {
      description: "All members' folders, with what they name on disk.",
      command: '<%= config.bin %> <%= command.id %> members --check-files',
    },
    { description: 'For code review.', command: '<%= config.bin %> <%= command.id %> members --format sarif' },
  ]
  static override strict = false
  static override args = {
    configs: Args.string({
      description: "configuration files, folders with a zoo.cfg, folders of members' folders, or - for standard input",
      required: true,
    }),
  }
  static override flags = {
    zookeeper: zookeeperLine({
      summary: 'Judge for this release or line only; without it every line is, and rules follow the newest.',
    }),
    'check-files': Flags.boolean({
      summary: 'Look at stores, certificates, directories and permissions on this machine.',
    }),
    resolve: Flags.boolean({ summary: 'Look up every host of every server line.' }),
    detect: Flags.boolean({
      summary: 'Hold heap, swap and open files against this machine, which the members run on.',
    }),
    live: Flags.boolean({
      summary: 'Hold files against what the running members say: those of --ensemble or --connect, else of the files.',
    }),
    ...RUNNING,
    format: Flags.option({
      summary: 'How the result is printed.',
      options: ['text', 'sarif'] as const,
      default: 'text',
    })(),
  }

  async run(): Promise<LintResult> {
    const { argv, flags } = await this.parse(ConfigLint)
    const running = runningOptions(flags)
    const result = await lintConfigs({
      places: argv as string[],
      zookeeper: flags.zookeeper,
      checkFiles: flags['check-files'],
      resolve: flags.resolve,
      detect: flags.detect,
      live: flags.live || running !== undefined ? { options: running, timeoutMs: flags.timeout } : undefined,
      signal: this.signal,
    })
    const sarif = flags.format === 'sarif'
    this.print(
      sarif
        ? sarifText(result, await listExplanations(), this.config.version)
        : lintText(result, this.stdoutTerminal.style),
    )
    const wrong = !result.accepted || result.findings.some(({ severity }) => severity !== 'info')
    process.exitCode = wrong ? ExitCode.Findings : ExitCode.Ok
    // a lookup that was given up would keep the process; by then everything is printed
    if (hasAbandonedLookups()) setImmediate(() => process.exit())
    return result
  }
}
