import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { StreamCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { juteMaxbuffer, TXN_DATA, TXN_SELECTION } from '../../cli/log-flags.ts'
import { dumpFilter } from '../../operations/dump-log.ts'
import { tailLogs } from '../../operations/tail-log/tail-logs.ts'
import { dumpRenderer } from '../../render/log-dump.ts'

export default class LogTail extends StreamCommand {
  static override summary = 'Print the last transactions, and follow a live server.'
  static override description =
    "Prints the last records of a server's logs, as log dump prints them, and with --follow whatever the server logs from then on, across rolls, each record once and only when it is complete. Reading a directory that a server has open is safe. What is not just more records is said on stderr: a log that was cut (a truncation by a new leader), a jump of the zxids (a snapshot sync), an end that is damaged. With a log instead of a directory, --follow begins there and goes on with the newer logs beside it."
  static override examples = [
    { description: 'The last ten transactions.', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'The last failed requests.',
      command: '<%= config.bin %> <%= command.id %> -n 5 --errors version-2',
    },
    {
      description: 'What happens below a path, live, for a script.',
      command:
        "timeout 2 <%= config.bin %> <%= command.id %> -f -n 3 --path '/app/**' --format jsonl version-2 | head -n 3",
    },
  ]
  static override args = {
    place: Args.string({ description: 'a data directory, its version-2, or a log', required: true }),
  }
  static override flags = {
    format: Flags.option({
      summary: 'How to print.',
      options: ['text', 'jsonl', 'csv'] as const,
      default: 'text' as const,
    })(),
    lines: Flags.integer({ char: 'n', summary: 'So many of the last records first.', min: 0, default: 10 }),
    follow: Flags.boolean({ char: 'f', summary: 'Go on with what comes, until interrupted.' }),
    ...TXN_SELECTION,
    ...TXN_DATA,
    'jute-maxbuffer': juteMaxbuffer,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogTail)
    const command = flags['decode-with']
    const decode = command === undefined ? flags.decode : { command }
    const renderer = dumpRenderer(
      {
        format: flags.format,
        style: this.stdoutTerminal.style,
        data: !flags['no-data'],
        dataWidth: flags['data-width'],
        decoded: Boolean(decode),
      },
      (text) => this.output.write(text),
    )
    const { signal, progress } = this
    const options = { place: args.place, lines: flags.lines, follow: flags.follow, filter: dumpFilter(flags), decode }
    for await (const part of tailLogs({ ...options, juteMaxbuffer: flags['jute-maxbuffer'], signal, progress })) {
      if (part.kind === 'records') renderer.records(part)
      // a follower waits for each; without --follow the end comes at once
      if (flags.follow || part.kind === 'note') this.output.flush()
      if (part.kind === 'note') {
        this.report(part.findings)
        if (!part.readable) process.exitCode = ExitCode.Input
      }
    }
  }
}
