import * as Flags from '@oclif/core/flags'
import { StreamCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { interval } from '../../cli/flags.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { type Room, showLive } from '../../cli/live-screen.ts'
import { hasScreen, type ScreenSize } from '../../cli/screen.ts'
import { firstView, pressed, TOP_SORTS } from '../../operations/ensemble/top/view.ts'
import { type TopPicture, watchTop } from '../../operations/ensemble/top/watch.ts'
import { topFrame, topText } from '../../render/ensemble-top.ts'
import { jsonLine } from '../../render/json.ts'

/** Columns of a table that goes nowhere where they could be counted. */
const PAPER = 132

export default class EnsembleTop extends StreamCommand {
  static override summary = 'Watch an ensemble live: members, rates, latency, and the clients that are connected.'
  static override description =
    'A screen that shows, look after look, what every member does: requests and transactions per second, latency, waiting requests, connections, lag, with curves of the last minutes, and below them the clients by address. Keys sort (s, r), filter (/), pause (p), scroll and quit (q); h lists them. A member that hangs keeps its row, with the age of what is shown, and delays nobody. Without a terminal it prints one table after the other, or lines of JSON. Who is connected is asked with cons or from the AdminServer, of members with few enough connections, because it costs them more with each.'
  static override examples = [
    {
      description: 'By one address: a screen; behind a pipe a table for each look, here for ten seconds.',
      command: 'timeout 10 <%= config.bin %> <%= command.id %> --connect zk1:2181 | head -n 4',
    },
    {
      description: 'Two looks at the default ensemble of zkops.yaml, by latency, for a script.',
      command: '<%= config.bin %> <%= command.id %> --count 2 --interval 1s --sort latency --format jsonl',
    },
  ]
  static override flags = {
    ...LIVE,
    interval: interval({ summary: 'From one look to the next.', default: 2000, defaultHelp: async () => '2s' }),
    count: Flags.integer({ char: 'n', summary: 'End after so many looks.', min: 1 }),
    sort: Flags.option({ summary: 'How members are sorted.', options: TOP_SORTS, default: 'id' as const })(),
    filter: Flags.string({ summary: 'Only members and clients that contain this.', helpValue: '<text>', default: '' }),
    clients: Flags.boolean({ summary: 'Ask who is connected.', default: true, allowNo: true }),
    'most-connections': Flags.integer({
      summary: 'Members with more connections are not asked who they are.',
      min: 0,
      default: 1000,
    }),
    format: Flags.option({
      summary: 'How to print; text is a screen on a terminal; jsonl: one line for each look.',
      options: ['text', 'jsonl'] as const,
      default: 'text' as const,
    })(),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(EnsembleTop)
    const { sort, filter, clients, count } = flags
    let view = firstView({ sort, filter, clients })
    const over = new AbortController()
    const options = {
      ...liveOptions(flags),
      everyMs: flags.interval,
      mostConnections: flags['most-connections'],
      count,
    }
    const signal = AbortSignal.any([this.signal, over.signal])
    const pictures = watchTop({ ...options, wantsClients: () => view.clients }, signal)
    const { style, width = PAPER } = this.stdoutTerminal
    if (flags.format === 'text' && hasScreen(process.stdout)) {
      const key = (name: string, room: Room) => {
        view = pressed(view, name, room)
        return !view.quit
      }
      const frame = (picture: TopPicture | undefined, size: ScreenSize) => topFrame(picture, view, size, style)
      await showLive({ pictures, frame, key, isPaused: () => view.paused, quit: () => over.abort() })
    } else {
      for await (const picture of pictures) {
        const { look } = picture
        this.output.write(flags.format === 'jsonl' ? jsonLine(look) : topText(picture, view, width, style))
        this.output.flush()
        const nobody = look.members.every(({ state }) => state === 'down')
        process.exitCode = nobody ? ExitCode.Unreachable : ExitCode.Ok
      }
    }
    this.endSoon()
  }
}
