import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { BIN, ROOT } from './cli.ts'

export interface PtyEnd {
  /** Negative: the signal that ended it. */
  readonly code: number
  readonly before: string
  /** Null: the terminal was hung up. */
  readonly after: string | null
}

export interface Pty {
  readonly end: Promise<PtyEnd>
  /** Everything that it has printed. */
  output(): string
  /** What a terminal shows now: lines without blanks behind them. */
  screen(): readonly string[]
  send(keys: string): void
  resize(rows: number, columns: number): void
  signal(name: NodeJS.Signals): void
  hangup(): void
  /** Waits until the screen is as wanted; throws with the screen when it does not come to that. */
  until(fits: (screen: string) => boolean, timeoutMs?: number): Promise<string>
}

export interface PtyOptions {
  readonly rows?: number
  readonly columns?: number
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly nodeArgs?: readonly string[]
}

/** zkops in a real pseudo-terminal, 80 × 24 unless said otherwise. */
export function zkopsInPty(args: readonly string[], options: PtyOptions = {}): Pty {
  let size = { rows: options.rows ?? 24, columns: options.columns ?? 80 }
  const helper = join(ROOT, 'test/helpers/pty.py')
  const command = [process.execPath, ...(options.nodeArgs ?? []), BIN, ...args]
  const child = spawn('python3', [helper, String(size.rows), String(size.columns), ...command], {
    env: { ...process.env, NODE_ENV: undefined, TERM: 'xterm', LANG: 'C.UTF-8', ...options.env } as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  let resizedAt = 0
  const end = new Promise<PtyEnd>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => reject(new Error(`the terminal ended: ${output}`)))
    createInterface(child.stdout).on('line', (line) => {
      const told = JSON.parse(line) as { out?: string } & Partial<PtyEnd>
      if (told.out !== undefined) output += Buffer.from(told.out, 'base64').toString('latin1')
      if (told.code !== undefined) resolve(told as PtyEnd)
    })
  })
  end.catch(() => {})
  child.stdin.on('error', () => {})
  const tell = (what: object) => child.stdin.write(`${JSON.stringify(what)}\n`)
  const text = () => Buffer.from(output, 'latin1').toString('utf8')
  const screen = () => shownBy(Buffer.from(output.slice(resizedAt), 'latin1').toString('utf8'), size.rows, size.columns)
  return {
    end,
    output: text,
    screen,
    send: (keys) => tell({ send: keys }),
    resize(rows, columns) {
      size = { rows, columns }
      resizedAt = output.length
      tell({ resize: [rows, columns] })
    },
    signal: (name) => tell({ signal: name }),
    hangup: () => tell({ hangup: true }),
    async until(fits, timeoutMs = 15_000) {
      const late = performance.now() + timeoutMs
      for (;;) {
        const shown = screen().join('\n')
        if (fits(shown)) return shown
        if (performance.now() > late) throw new Error(`the screen stays at\n${shown}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
  }
}

/** A terminal as far as zkops uses it: places, clearing, the alternate screen; anything else it obeys is an error. */
export function shownBy(text: string, rows: number, columns: number): readonly string[] {
  const blank = () => Array.from({ length: rows }, () => new Array<string>(columns).fill(' '))
  let main = blank()
  let cells = main
  let [row, column] = [0, 0]
  const put = (char: string) => {
    if (column < columns) cells[row]![column] = char
    column = Math.min(column + 1, columns)
  }
  const newline = () => {
    if (row < rows - 1) row++
    else cells.push(...[cells.shift()!.fill(' ')])
  }
  for (const [part] of text.matchAll(/\x1b\[[0-9;?]*[@-~]|[\s\S]/gu)) {
    if (part === '\r') column = 0
    else if (part === '\n') newline()
    else if (!part.startsWith('\x1b')) put(part)
    else if (/m$|\?25[hl]$|\?7[hl]$/.test(part)) continue
    else if (part === '\x1b[?1049h') cells = blank()
    else if (part === '\x1b[?1049l') cells = main
    else if (part === '\x1b[2J') for (const line of cells) line.fill(' ')
    else if (part === '\x1b[K') cells[row]!.fill(' ', Math.min(column, columns - 1))
    else if (part === '\x1b[J') {
      cells[row]!.fill(' ', column)
      for (const line of cells.slice(row + 1)) line.fill(' ')
    } else if (part.endsWith('H')) {
      const [r = 1, c = 1] = part.slice(2, -1).split(';').filter(Boolean).map(Number)
      row = Math.min(r, rows) - 1
      column = Math.min(c, columns) - 1
    } else throw new Error(`a terminal is told ${JSON.stringify(part)}`)
  }
  main = cells
  return main.map((line) => line.join('').trimEnd())
}
