import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { juteMaxbuffer, LOG_PLACES, WINDOW, windowOf } from '../../cli/log-flags.ts'
import { dumpFilter } from '../../operations/dump-log.ts'
import type { StatLogResult } from '../../operations/log-stat/result.ts'
import { statLogs } from '../../operations/stat-log.ts'
import { statText } from '../../render/log-stat.ts'

const TOP = 10
/** So that it all fits on a screen. */
const TOP_IN_TEXT = 5

export default class LogStat extends ZkopsCommand {
  static override summary = 'Count what is in transaction logs: types, paths, sessions, errors, rates.'
  static override description =
    'Tells who writes what, how much and when: counts and bytes by type, path prefix, path and session, failed requests by code, rates over time, the largest records, and what the files take on disk. It counts the records that log dump prints for the same files. A record counts once, with all its bytes, for each different path that it names: its own, those that a closeSession removes, those of the operations inside a multi (failed ones name none). Constant memory: with very many different paths the lists become estimates with a bound for the error, unless --exact is given. A damaged log is counted as far as a server reads it, and the exit code is 3.'
  static override examples = [
    { description: 'Who writes so much?', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'By the first component of the paths, within a time, for a script.',
      command: '<%= config.bin %> <%= command.id %> --depth 1 --since 2020-01-01T00:00Z --json version-2',
    },
    {
      description: 'Every path that was written, for a spreadsheet.',
      command: '<%= config.bin %> <%= command.id %> --exact --top 1000000 --format csv version-2',
    },
  ]
  static override strict = false
  static override args = { files: LOG_PLACES }
  static override flags = {
    format: Flags.option({ summary: 'How to print.', options: ['text', 'csv'] as const, default: 'text' as const })(),
    top: Flags.integer({ summary: `Rows of each list; ${TOP}, in text ${TOP_IN_TEXT}.`, min: 1 }),
    depth: Flags.integer({ summary: 'Components of the path prefixes.', min: 1, default: 2 }),
    exact: Flags.boolean({ summary: 'Count all paths exactly, for about 130 bytes of memory each.' }),
    ...WINDOW,
    'jute-maxbuffer': juteMaxbuffer,
  }

  async run(): Promise<StatLogResult> {
    const { argv, flags } = await this.parse(LogStat)
    const csv = flags.format === 'csv'
    const result = await statLogs({
      places: argv as string[],
      filter: dumpFilter(windowOf(flags)),
      top: flags.top ?? (csv || this.jsonEnabled() ? TOP : TOP_IN_TEXT),
      depth: flags.depth,
      exact: flags.exact,
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    if (!this.jsonEnabled()) {
      if (csv) this.report(result.findings)
      const text = csv
        ? (await import('../../render/log-stat-csv.ts')).statCsv(result)
        : statText(result, this.stdoutTerminal.style)
      this.print(text)
    }
    if (!result.readable) process.exitCode = ExitCode.Input
    return result
  }
}
