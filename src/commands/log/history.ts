import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { LOG_PLACES, MOST_IN_DOCUMENT, STORY, windowOf } from '../../cli/log-flags.ts'
import { logHistory } from '../../operations/log-history.ts'
import { historyDocument } from '../../render/history-json.ts'
import { historyRenderer } from '../../render/log-history.ts'

export default class LogHistory extends ZkopsCommand {
  static override summary = 'Show every change of a znode, and who made it.'
  static override description =
    "Prints what happened to one znode, or with --recursive to all below it: each change with zxid, time and session, old and new data as a diff, versions, access lists, and why it was deleted (by a request, in a multi, because its session was closed or expired, as an empty container, by its TTL). What was before the first record at hand is not known and shown as such. --audit takes the servers' audit logs (3.6 and later, of all members) and adds user and client address. An empty history is an answer: exit 0, and stderr says which zxids were looked at. A damaged log: everything before the damage, and exit 3."
  static override examples = [
    { description: 'One znode.', command: '<%= config.bin %> <%= command.id %> /app/data/v4 version-2' },
    {
      description: 'Everything below a path, for scripts.',
      command: '<%= config.bin %> <%= command.id %> --recursive --format jsonl /app/data version-2',
    },
    {
      description: 'Who deleted it?',
      command: '<%= config.bin %> <%= command.id %> /app/queue/item-0000000001 version-2 --audit zookeeper_audit.log',
    },
  ]
  static override strict = false
  static override args = {
    znode: Args.string({ description: 'path of the znode', required: true }),
    files: LOG_PLACES,
  }
  static override flags = {
    recursive: Flags.boolean({ summary: 'All znodes below it, too.', char: 'r', default: false }),
    audit: Flags.string({
      summary: 'Audit logs of the servers, plain or gzip, to say user and client address.',
      helpValue: '<file>',
      multiple: true,
    }),
    decode: Flags.boolean({ summary: 'Say what payloads are; in JSON beside data.', exclusive: ['no-data'] }),
    ...STORY,
  }

  async run(): Promise<object | undefined> {
    const { argv, args, flags } = await this.parse(LogHistory)
    const json = this.jsonEnabled()
    const options = {
      format: flags.format,
      style: this.stdoutTerminal.style,
      data: !flags['no-data'],
      dataWidth: flags['data-width'],
    }
    const document = historyDocument(args.znode, flags.recursive, options)
    const write = json ? document.events : historyRenderer(options, (text) => this.output.write(text))
    const parts = logHistory({
      places: (argv as string[]).slice(1),
      path: args.znode,
      recursive: flags.recursive,
      window: windowOf(flags),
      audit: flags.audit ?? [],
      data: options.data,
      decode: flags.decode,
      limit: flags.limit ?? (json ? MOST_IN_DOCUMENT : undefined),
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    for await (const part of parts) {
      if (part.kind === 'events') write(part)
      else {
        document.end(part)
        if (!json) this.reportBehind(part.findings)
        if (part.kind === 'done') return document.result(part)
        if (!part.readable) process.exitCode = ExitCode.Input
      }
    }
    return undefined
  }
}
