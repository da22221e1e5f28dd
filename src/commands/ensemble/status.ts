import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { exitCodeOfMembers } from '../../cli/exit-codes.ts'
import { interval } from '../../cli/flags.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { hasScreen } from '../../cli/screen.ts'
import { type EnsembleStatus, ensembleStatus } from '../../operations/ensemble/status.ts'
import { watchStatus } from '../../operations/ensemble/watch.ts'
import { ensembleStatusText } from '../../render/ensemble-status.ts'
import { jsonLine } from '../../render/json.ts'
import { ZkopsError } from '../../support/errors.ts'

export default class EnsembleStatusCommand extends ZkopsCommand {
  static override summary = 'Show every member of an ensemble, and whether it can lose one.'
  static override description =
    'Asks all members at the same time and shows who leads, who follows, how far each is behind, and what each does; above the table the sentence that matters, below it what is wrong. One address is enough: the others are found. Members are asked by their AdminServer, by four-letter words, or by a session, whichever answers; with the default whitelist, which allows srvr only, it says what it cannot see and which setting would show it. Use it before and during everything that you do to an ensemble; health check is the same for scripts and monitoring.'
  static override examples = [
    { description: 'By one address.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    {
      description: 'The default ensemble of zkops.yaml, for a script.',
      command: '<%= config.bin %> <%= command.id %> --json',
    },
    {
      description: 'Again every two seconds, as lines of JSON.',
      command: 'timeout 10 <%= config.bin %> <%= command.id %> --watch --format jsonl | head -n 1',
    },
  ]
  static override flags = {
    ...LIVE,
    watch: Flags.boolean({ char: 'w', summary: 'Look again and again, until interrupted.' }),
    interval: interval({ summary: 'How often with --watch.', default: 2000, defaultHelp: async () => '2s' }),
    format: Flags.option({
      summary: 'How to print; jsonl: one line for each look.',
      options: ['text', 'jsonl'] as const,
      default: 'text' as const,
    })(),
  }

  async run(): Promise<EnsembleStatus | undefined> {
    const { flags } = await this.parse(EnsembleStatusCommand)
    const options = liveOptions(flags)
    if (!flags.watch) {
      const status = await ensembleStatus(options, this.signal)
      await this.show(status, flags.format)
      process.exitCode = exitCodeOfMembers(status)
      if (status.members.some(({ state }) => state === 'down')) this.endSoon()
      return status
    }
    if (this.jsonEnabled()) {
      throw new ZkopsError('usage.stream', 'With --watch it writes a stream, so it takes no --json: use --format jsonl')
    }
    for await (const status of watchStatus({ ...options, everyMs: flags.interval }, this.signal)) {
      if (flags.format === 'text' && hasScreen(process.stdout)) this.output.write('\x1b[H\x1b[J')
      await this.show(status, flags.format)
      this.output.flush()
    }
    return undefined
  }

  private async show(status: EnsembleStatus, format: 'text' | 'jsonl'): Promise<void> {
    this.print(format === 'jsonl' ? jsonLine(status) : await ensembleStatusText(status, this.stdoutTerminal.style))
  }
}
