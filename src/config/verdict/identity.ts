import { isAnyLocal, type SocketAddress, sameSocketAddress, socketAddressText } from '../java/inet.ts'
import { configError, illegalArgument, JavaError, javaPath, parseInt64 } from '../java/values.ts'

/** The id of a myid file that is there; throws as the parser does for anything but a bare number. */
export function readMyId(
  state: { readonly line: string | null } | 'denied' | 'directory' | 'special',
  dataDir: string,
): bigint {
  if (typeof state === 'string') {
    const why = state === 'denied' ? 'Permission denied' : 'Is a directory'
    throw new JavaError('FileNotFoundException', `${javaPath(`${dataDir}/myid`)} (${why})`)
  }
  try {
    return parseInt64(state.line ?? '')
  } catch {
    throw illegalArgument(`serverid ${state.line} is not a number`)
  }
}

/** setupClientPort: the static address against the client part of the own server line. */
export function checkOwnClientAddress(id: bigint, fixed: SocketAddress, dynamic: SocketAddress): void {
  if (isAnyLocal(fixed) ? fixed.port === dynamic.port : sameSocketAddress(fixed, dynamic)) return
  throw configError(
    `client address for this server (id = ${id}) in static config file is ${socketAddressText(fixed)} is different from client address found in dynamic file: ${socketAddressText(dynamic)}`,
  )
}
