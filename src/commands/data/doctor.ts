import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { zookeeperLine } from '../../cli/config-flags.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { type DoctorResult, diagnose } from '../../operations/doctor/doctor.ts'
import { doctorText } from '../../render/data-doctor.ts'

export default class DataDoctor extends ZkopsCommand {
  static override summary = 'Predict what a server will do with a data directory, and what it will silently drop.'
  static override description =
    "Works out from the files alone how a server of a release starts: which snapshot it takes, which logs it reads and where each ends, gaps, digests, epoch files, permissions and configuration. Says whether it serves or refuses and with which message, at which zxid and with how many znodes, what the start drops without a word, what is wrong, and which commands help, from the one that loses nothing to the one that loses most. Use it before every start that you are not sure of: the first start writes over the evidence. Nothing is changed. Permissions are judged for the user that runs it; run it as the server's user."
  static override examples = [
    { description: 'For the newest release line.', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'As 3.8.6 would start on it alone, for a script.',
      command: '<%= config.bin %> <%= command.id %> version-2 --server 3.8.6 --role standalone --json',
    },
    {
      description: 'A server that reads larger records, and which other directory has what is missing.',
      command: '<%= config.bin %> <%= command.id %> damaged --jvm-flag -Djute.maxbuffer=4194304 --peer version-2',
    },
  ]
  static override args = {
    directory: Args.string({ description: 'data directory, its version-2, or a zoo.cfg', required: true }),
  }
  static override flags = {
    server: zookeeperLine({
      summary: 'The release or line that is to start; the newest line by default.',
      aliases: ['zookeeper'],
    }),
    role: Flags.option({
      summary: 'How it starts; by default as its zoo.cfg says, else by myid and epoch files.',
      options: ['standalone', 'quorum'] as const,
    })(),
    config: Flags.string({
      summary: "The server's zoo.cfg; java.env and myid are read with it.",
      helpValue: '<zoo.cfg>',
    }),
    'log-dir': Flags.string({ summary: 'Where the logs lie apart (dataLogDir).', helpValue: '<dir>' }),
    'jvm-flag': Flags.string({
      summary: 'A system property of its JVM, e.g. -Djute.maxbuffer=4194304; may be given more than once.',
      helpValue: '<-Dk=v>',
      multiple: true,
    }),
    peer: Flags.string({
      summary: 'Directories of other members: which of them has what the start drops.',
      helpValue: '<dir>',
      multiple: true,
    }),
  }

  async run(): Promise<DoctorResult> {
    const { args, flags } = await this.parse(DataDoctor, spelledOut(this.argv))
    const result = await diagnose({
      dir: args.directory,
      server: flags.server,
      role: flags.role,
      config: flags.config,
      logDir: flags['log-dir'],
      jvmFlags: flags['jvm-flag'] ?? [],
      peers: flags.peer ?? [],
      signal: this.signal,
      progress: this.progress,
    })
    this.print(doctorText(result, this.stdoutTerminal.style))
    const fine = result.prediction.outcome === 'serves' && result.loss.length === 0
    process.exitCode = fine ? ExitCode.Ok : ExitCode.Findings
    return result
  }
}

/** `--jvm-flag -Da=1 -Db=2`: what begins with -D is never a flag of ours. */
function spelledOut(argv: readonly string[]): string[] {
  return argv.flatMap((word, i) =>
    word.startsWith('-D') && argv[i - 1] !== '--jvm-flag' ? ['--jvm-flag', word] : [word],
  )
}
