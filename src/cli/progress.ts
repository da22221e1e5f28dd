import type { Progress } from '../support/progress.ts'

const REDRAW_MS = 100

/**
 * Progress as one redrawn line on a terminal (at most ten times a second, after the first half second); steps as
 * lines of their own. Rate and remaining time are shown for anything above a second.
 */
export function terminalProgress(stream: NodeJS.WriteStream): Progress {
  let label = ''
  let total: number | undefined
  let unit: 'bytes' | 'items' = 'items'
  let startedAt = 0
  let drawnAt = 0
  let drawn = false
  const clear = () => {
    if (drawn) stream.write('\r\x1b[K')
    drawn = false
  }
  return {
    start(newLabel, newTotal, newUnit = 'items') {
      clear()
      label = newLabel
      total = newTotal
      unit = newUnit
      startedAt = performance.now()
      drawnAt = startedAt + 400
    },
    update(done) {
      const now = performance.now()
      if (now - drawnAt < REDRAW_MS) return
      drawnAt = now
      const seconds = (now - startedAt) / 1000
      const text = progressLine(label, done, total, unit, seconds)
      clear()
      stream.write(text.slice(0, Math.max(20, (stream.columns || 80) - 1)))
      drawn = true
    },
    step(text) {
      clear()
      stream.write(`${text}\n`)
    },
    finish: clear,
  }
}

/** Progress where stderr is no terminal: only the steps, one plain line each. */
export function plainProgress(stream: NodeJS.WritableStream): Progress {
  return { start() {}, update() {}, step: (text) => void stream.write(`${text}\n`), finish() {} }
}

function progressLine(label: string, done: number, total: number | undefined, unit: string, seconds: number): string {
  const shown = (n: number) => (unit === 'bytes' ? `${(n / 1e6).toFixed(1)} MB` : String(Math.round(n)))
  const of = total === undefined ? shown(done) : `${shown(done)} of ${shown(total)}`
  if (seconds < 1 || done <= 0) return `${label} ${of}`
  const rate = done / seconds
  const left = total === undefined ? '' : `, ${Math.max(0, Math.ceil((total - done) / rate))} s left`
  return `${label} ${of}, ${shown(rate)}/s${left}`
}
