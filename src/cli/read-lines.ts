import { createInterface } from 'node:readline'

export interface LineReader {
  /** Shown on a terminal only. */
  readonly prompt: () => string
  readonly complete: (line: string) => readonly [candidates: readonly string[], word: string]
}

/** The lines of standard input, with editing, history and completion on a terminal. Ctrl-C and Ctrl-D end it. */
export async function* inputLines({ prompt, complete }: LineReader, signal: AbortSignal): AsyncGenerator<string> {
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  const lines = createInterface({
    input: process.stdin,
    ...(terminal ? { output: process.stdout } : {}),
    terminal,
    completer: (line: string): [string[], string] => {
      const [candidates, word] = complete(line)
      return [[...candidates], word]
    },
  })
  const close = () => lines.close()
  lines.on('SIGINT', close)
  signal.addEventListener('abort', close, { once: true })
  const ask = () => {
    if (!terminal) return
    lines.setPrompt(prompt())
    lines.prompt()
  }
  try {
    ask()
    for await (const line of lines) {
      yield line
      ask()
    }
  } finally {
    signal.removeEventListener('abort', close)
    lines.close()
  }
}
