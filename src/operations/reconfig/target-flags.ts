import { quoted } from '../../datadir/undo-bundle.ts'
import type { LiveOptions } from '../inventory/target.ts'

/** The flags that lead to the same ensemble again, as the same user; empty where none were given. */
export function targetFlags(live: LiveOptions): string {
  const { ensemble, connect, config, inventory, authUser, passwordFile, tlsCa, tlsCert, tlsKey, tlsServername } = live
  const flags = {
    ...{ inventory, ensemble, connect, config, 'auth-user': authUser, 'password-file': passwordFile },
    ...{ 'tls-ca': tlsCa, 'tls-cert': tlsCert, 'tls-key': tlsKey, 'tls-servername': tlsServername },
  }
  return Object.entries(flags)
    .map(([name, value]) => (value === undefined ? '' : ` --${name} ${quoted(value)}`))
    .join('')
}
