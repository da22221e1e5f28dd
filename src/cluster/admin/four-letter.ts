import { type AskOptions, exchange, type TlsMaterial } from '../exchange.ts'

/** What a server that has no leader, or has not started yet, says to most words. */
export const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests'

/**
 * Sends a four-letter word and reads the whole answer, until the server closes.
 * Throws `server.refused`, `server.tls`, `server.timeout` or `server.answer`, naming host and port.
 */
export async function fourLetterWord(
  host: string,
  port: number,
  word: string,
  options: AskOptions & { readonly tls?: TlsMaterial | null | undefined },
): Promise<string> {
  return (await exchange({ host, port, tls: options.tls }, word, word, options)).toString()
}

/** Whether a server answered that 4lw.commands.whitelist does not hold the word. */
export function isNotAllowed(answer: string, word: string): boolean {
  return answer.startsWith(`${word} is not executed because it is not in the whitelist`)
}
