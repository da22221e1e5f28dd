/*
 * The whole terminal as a screen: frames of lines in, keys out.
 *
 *   - The alternate screen, so that what was there before comes back; no cursor, no wrapping.
 *   - A frame is one write, and only of the lines that changed; after a change of size, of all of them.
 *   - However the process ends (quit, SIGINT, SIGTERM, SIGHUP, an exception, a closed output), the terminal is as it was:
 *     everything goes through `close` or the process's exit. Ctrl-Z gives the terminal back until `fg`.
 */
import { keysOf, readKeys } from './keys.ts'
import { writeAll } from './stdout.ts'

export interface ScreenSize {
  /** Without the last one, which clearing behind a full line would clear. */
  readonly columns: number
  readonly rows: number
}

export interface Screen {
  readonly size: ScreenSize
  /** Lines that fit into the size; further ones are left out. */
  draw(lines: readonly string[]): void
  close(): void
}

export interface ScreenEvents {
  /** A character, or the name of a key that is none (keys.ts). */
  readonly key: (key: string) => void
  /** The size is another one, or the screen was away. */
  readonly redraw: () => void
}

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[H\x1b[2J'
/** A slow line may part what one key sends. */
const SEQUENCE_MS = 50
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l'

/** Whether there is a terminal that can move its cursor. */
export function hasScreen(output: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): boolean {
  return output.isTTY === true && environment.TERM !== 'dumb' && environment.TERM !== ''
}

export function openScreen({ key, redraw }: ScreenEvents): Screen {
  const { stdin: input, stdout: output } = process
  const keys = input.isTTY === true
  let shown: readonly string[] = []
  let open = false
  const enter = () => {
    open = true
    shown = []
    if (keys) input.setRawMode(true)
    writeAll(1, Buffer.from(ENTER))
  }
  const leave = () => {
    if (!open) return
    open = false
    // a terminal that is gone takes neither
    attempt(() => keys && input.setRawMode(false))
    attempt(() => writeAll(1, Buffer.from(LEAVE)))
  }
  const again = () => {
    shown = []
    redraw()
  }
  const resumed = () => {
    if (!open) enter()
    again()
  }
  let later: NodeJS.Timeout | undefined
  const suspend = () => {
    leave()
    process.kill(0, 'SIGTSTP')
    // without a shell that could continue it, nothing was stopped
    later = setTimeout(resumed, 50)
  }
  // as the signal would have it: Node's own way out gives up (SIGABRT) when the terminal is no longer there to be reset
  const gone = () => {
    leave()
    process.off('SIGHUP', gone)
    process.kill(process.pid, 'SIGHUP')
  }
  let begun = ''
  let timer: NodeJS.Timeout | undefined
  const press = (names: readonly string[]) => {
    for (const name of names) {
      if (name === 'suspend') suspend()
      else if (name === 'interrupt') process.kill(process.pid, 'SIGINT')
      else if (name === 'redraw') again()
      else key(name)
    }
  }
  const pressed = (data: Buffer) => {
    clearTimeout(timer)
    const read = readKeys(begun + data.toString('utf8'))
    begun = read.rest
    if (begun !== '') {
      timer = setTimeout(() => {
        const alone = keysOf(begun)
        begun = ''
        press(alone)
      }, SEQUENCE_MS)
    }
    press(read.keys)
  }
  process.on('exit', leave)
  // before the report of an exception, which would be written on the screen that goes away
  process.on('uncaughtExceptionMonitor', leave)
  process.on('SIGHUP', gone)
  process.on('SIGCONT', resumed)
  output.on('resize', again)
  if (keys) {
    input.on('data', pressed)
    input.on('end', gone)
    input.on('error', gone)
  }
  enter()
  return {
    get size() {
      return { columns: (output.columns || 80) - 1, rows: output.rows || 24 }
    },
    draw(lines) {
      if (!open) return
      const { rows } = this.size
      const next = lines.slice(0, rows)
      const text = changes(shown, next)
      shown = next
      if (text !== '') writeAll(1, Buffer.from(text))
    },
    close() {
      leave()
      clearTimeout(later)
      clearTimeout(timer)
      process.off('exit', leave)
      process.off('uncaughtExceptionMonitor', leave)
      process.off('SIGHUP', gone)
      process.off('SIGCONT', resumed)
      output.off('resize', again)
      if (keys) input.off('data', pressed).off('end', gone).off('error', gone).pause()
    },
  }
}

/** What makes a screen that shows `before` show `after`. Nothing before: whatever is there goes. */
export function changes(before: readonly string[], after: readonly string[]): string {
  const fresh = before.length === 0 ? '\x1b[H\x1b[2J' : ''
  const lines = after.flatMap((line, i) => (line === before[i] ? [] : `\x1b[${i + 1};1H${line}\x1b[K`))
  const rest = before.slice(after.length).map((_, i) => `\x1b[${after.length + i + 1};1H\x1b[K`)
  return [fresh, ...lines, ...rest].join('')
}

function attempt(work: () => unknown): void {
  try {
    work()
  } catch {
    // nothing can be done about it, and nobody can be told
  }
}
