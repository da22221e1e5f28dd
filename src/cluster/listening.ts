/* Whether something listens on a port: a connection is opened and closed, nothing is sent. */
import { connect } from 'node:net'
import { systemErrorCode } from '../support/errors.ts'

/** Null: it cannot be told (the host does not answer). */
export function isListening(host: string, port: number, timeoutMs: number): Promise<boolean | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port })
    const end = (listens: boolean | null) => {
      socket.destroy()
      resolve(listens)
    }
    socket.setTimeout(timeoutMs, () => end(null))
    socket.once('connect', () => end(true))
    socket.once('error', (error) => end(systemErrorCode(error) === 'ECONNREFUSED' ? false : null))
  })
}
