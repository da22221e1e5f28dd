import { printable } from '../render/style.ts'

/** Asks on the terminal; true for y or yes, or for `typed` word for word. Nothing, or the end of input, is a no. */
export async function confirmed(typed: string | null, signal: AbortSignal): Promise<boolean> {
  const question = typed === null ? 'Carry this out? [y/N] ' : `Carry this out? Type ${printable(typed)}: `
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
    const answer = await Promise.race([terminal.question(question, { signal }), closed])
    return typed === null ? /^y(es)?$/i.test(answer.trim()) : answer.trim() === typed
  } finally {
    terminal.close()
  }
}
