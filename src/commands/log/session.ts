import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { parseId64 } from '../../cli/flags.ts'
import { LOG_PLACES, MOST_IN_DOCUMENT, STORY, windowOf } from '../../cli/log-flags.ts'
import { logSession } from '../../operations/log-session.ts'
import { listSessions } from '../../operations/log-session-list.ts'
import { dumpRenderer } from '../../render/log-dump.ts'
import { lifeText, sessionDocument, sessionLines, sessionsJson } from '../../render/log-session.ts'
import { ZkopsError } from '../../support/errors.ts'

export default class LogSession extends ZkopsCommand {
  static override summary = 'Show the life of a session, or list all of them.'
  static override description =
    'Prints what a session did, one line a transaction as log dump does, then when it began and with which timeout, how it ended (closed by its client, or expired), and its ephemerals with what removed each. --list shows all sessions of the logs with counts instead; all arguments are places then. JSON lines and CSV hold the transactions, or the list; --json one document with everything. A session that the logs do not know is an answer: exit 0, and stderr says which zxids were looked at. A damaged log: everything before the damage, and exit 3.'
  static override examples = [
    { description: 'All sessions.', command: '<%= config.bin %> <%= command.id %> --list version-2' },
    { description: 'One of them.', command: '<%= config.bin %> <%= command.id %> 0x100004bec300000 version-2' },
    {
      description: 'Sessions that have not ended, for scripts.',
      command: `<%= config.bin %> <%= command.id %> --list --format jsonl version-2 | grep '"ended":null'`,
    },
  ]
  static override strict = false
  static override args = {
    session: Args.string({ description: 'session id, 0x… or decimal; with --list a place', required: true }),
    files: { ...LOG_PLACES, required: false, ignoreStdin: true },
  }
  static override flags = {
    list: Flags.boolean({ summary: 'All sessions, with counts.', char: 'l' }),
    ...STORY,
    // as in log dump, whose lines these are
    'data-width': Flags.integer({ summary: 'Characters of data in text.', min: 0, default: 40 }),
  }

  async run(): Promise<object> {
    const { argv, args, flags } = await this.parse(LogSession)
    const [session, places] = flags.list ? [undefined, argv] : [parseId64(args.session), argv.slice(1)]
    if (places.length === 0) {
      throw new ZkopsError('usage', 'There are no logs to read', { hint: 'Name logs or a directory behind the id.' })
    }
    const json = this.jsonEnabled()
    const { style } = this.stdoutTerminal
    const format = flags.format
    const window = windowOf(flags)
    const limit = flags.limit ?? (json ? MOST_IN_DOCUMENT : Number.POSITIVE_INFINITY)
    const juteMaxbuffer = flags['jute-maxbuffer']
    const logs = { places: places as string[], juteMaxbuffer, signal: this.signal, progress: this.progress }

    if (session === undefined) {
      const list = await listSessions(logs, window, limit)
      if (!list.readable) process.exitCode = ExitCode.Input
      if (json) return sessionsJson(list)
      for (const line of sessionLines(list.sessions, format, style)) this.output.write(line)
      this.reportBehind(list.findings)
      return list
    }
    const options = { format, style, data: !flags['no-data'], dataWidth: flags['data-width'] }
    const document = sessionDocument(options)
    const write = json ? document.records : dumpRenderer(options, (text) => this.output.write(text)).records
    for await (const part of logSession({ ...logs, session, window, limit })) {
      if (part.kind === 'records') write(part)
      else {
        document.end(part)
        if (part.kind === 'life' && format === 'text') this.print(lifeText(part, style))
        if (!json) this.reportBehind(part.findings)
        if (part.kind === 'end' && !part.readable) process.exitCode = ExitCode.Input
      }
    }
    return document.result()
  }
}
