import { ZkopsError } from '../support/errors.ts'

/** Asks for a secret on the terminal, which shows nothing of it. Throws `usage` without a terminal. */
export async function askSecret(question: string, signal: AbortSignal): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new ZkopsError('usage', 'A password is needed, and there is no terminal to ask for it', {
      hint: 'Set ZKOPS_PASSWORD, or give --password-file.',
    })
  }
  const [{ createInterface }, { Writable }] = await Promise.all([
    import('node:readline/promises'),
    import('node:stream'),
  ])
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() })
  process.stderr.write(question)
  const terminal = createInterface({ input: process.stdin, output: nothing, terminal: true })
  try {
    const closed = new Promise<string>((_, reject) =>
      terminal.once('close', () => reject(new ZkopsError('usage', 'No password was given'))),
    )
    return await Promise.race([terminal.question('', { signal }), closed])
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
