/*
 * createSession => timeOut:int                                      CreateSessionTxn
 * closeSession  => [paths2Delete:vector<ustring>]                   CloseSessionTxn, 3.6+ (closeSessionTxn.enabled)
 *                  nothing: up to 3.5, or switched off
 * error         => err:int                                          ErrorTxn
 *
 * The server decides by its own flags whether a closeSession carries a list; here its length decides. What is left of
 * the payload is nothing, or a digest alone (12 bytes that begin with version 2; two paths do not fit in 12 bytes), or
 * a list with nothing or a digest behind it.
 */
import type { JuteReader } from '../../jute/reader.ts'
import type { JuteWriter } from '../../jute/writer.ts'
import type { CloseSessionTxn, CreateSessionTxn, ErrorTxn } from '../types.ts'

export function readCreateSession(input: JuteReader): CreateSessionTxn {
  return { kind: 'createSession', timeoutMs: input.int() }
}

export function writeCreateSession(output: JuteWriter, { timeoutMs }: CreateSessionTxn): void {
  output.int(timeoutMs)
}

export function readCloseSession(input: JuteReader): CloseSessionTxn {
  const count = input.count()
  const paths = count === null ? null : Array.from({ length: count }, () => input.buffer())
  return { kind: 'closeSession', paths, hasBody: true }
}

export const BARE_CLOSE_SESSION: CloseSessionTxn = { kind: 'closeSession', paths: null, hasBody: false }

export function writeCloseSession(output: JuteWriter, { paths, hasBody }: CloseSessionTxn): void {
  if (!hasBody) return
  output.count(paths === null ? null : paths.length)
  for (const path of paths ?? []) output.buffer(path)
}

export function readError(input: JuteReader): ErrorTxn {
  return { kind: 'error', code: input.int() }
}

export function writeError(output: JuteWriter, { code }: ErrorTxn): void {
  output.int(code)
}
