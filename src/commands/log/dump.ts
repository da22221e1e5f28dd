import * as Flags from '@oclif/core/flags'
import { StreamCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { size } from '../../cli/flags.ts'
import { juteMaxbuffer, LOG_PLACES, TXN_DATA, TXN_SELECTION, WINDOW } from '../../cli/log-flags.ts'
import { dumpFilter, dumpLogs } from '../../operations/dump-log.ts'
import { type DumpFormat, dumpRenderer } from '../../render/log-dump.ts'
import { ZkopsError } from '../../support/errors.ts'

const SELECTION = { helpGroup: 'SELECTION' } as const

export default class LogDump extends StreamCommand {
  static override summary = 'Print the transactions of logs.'
  static override description =
    'Prints exactly the records that a server would read, in zxid order across files; what ends a log early is said on stderr with file and offset, and the exit code is 3 (an incomplete last record, as a crash leaves it, is only a note). No JVM, constant memory. Directories may be data directories, version-2 or folders of backups; gzip and snappy are read as what they are. --decode says what payloads are (JSON, text, integers, gzip, zlib or snappy with what is inside, Java objects, the configuration and quotas of ZooKeeper itself); for a format of your own give --decode-with a program that reads one payload on stdin and prints it.'
  static override examples = [
    { description: 'For reading.', command: '<%= config.bin %> <%= command.id %> version-2/log.1' },
    {
      description: 'Every change below a path, for scripts.',
      command: "<%= config.bin %> <%= command.id %> --path '/app/**' --format jsonl version-2",
    },
    { description: 'Failed requests.', command: '<%= config.bin %> <%= command.id %> --errors version-2' },
    {
      description: 'Payloads as what they are: JSON, text, packed things and more.',
      command: "<%= config.bin %> <%= command.id %> --decode --path '/app/**' version-2",
    },
  ]
  static override strict = false
  static override args = { files: LOG_PLACES }
  static override flags = {
    format: Flags.option({
      summary: 'How to print; toolkit is what TxnLogToolkit of 3.9 prints, byte for byte.',
      options: ['text', 'jsonl', 'csv', 'toolkit'] as const,
      default: 'text' as const,
    })(),
    ...WINDOW,
    ...TXN_SELECTION,
    'min-bytes': size({ summary: 'Records of at least this size.', ...SELECTION }),
    limit: Flags.integer({ summary: 'Stop after so many.', min: 0, ...SELECTION }),
    ...TXN_DATA,
    'jute-maxbuffer': juteMaxbuffer,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(LogDump)
    const command = flags['decode-with']
    if (flags.format === 'toolkit' && (flags['no-data'] || flags.decode || command !== undefined)) {
      throw new ZkopsError(
        'usage',
        '--format toolkit prints data as TxnLogToolkit does, so it takes no --no-data or --decode',
      )
    }
    const decode = command === undefined ? flags.decode : { command }
    const renderer = dumpRenderer(
      {
        format: flags.format as DumpFormat,
        style: this.stdoutTerminal.style,
        data: !flags['no-data'],
        dataWidth: flags['data-width'],
        decoded: Boolean(decode),
      },
      (text) => this.output.write(text),
    )
    const parts = dumpLogs({
      places: argv as string[],
      filter: dumpFilter({
        ...flags,
        fromZxid: flags['from-zxid'],
        toZxid: flags['to-zxid'],
        minBytes: flags['min-bytes'],
      }),
      limit: flags.limit,
      passFlawed: flags.format === 'toolkit',
      decode,
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    for await (const part of parts) {
      if (part.kind === 'records') {
        renderer.records(part)
        // a program takes its time: what is there is shown
        if (command !== undefined) this.output.flush()
      } else {
        renderer.end?.(part)
        this.output.flush()
        this.report(part.findings)
        if (!part.readable) process.exitCode = ExitCode.Input
      }
    }
  }
}
