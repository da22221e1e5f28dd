/* Opens a key or trust store as far as Node can: PEM, PKCS12, and Java's own JKS without its private keys. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { isJks, readJks } from '../../formats/keystore/jks.ts'

export type OpenedStore =
  | {
      readonly state: 'opened'
      readonly kind: 'PEM' | 'PKCS12' | 'JKS'
      /** The certificate of the key first; of a PKCS12 store only this one can be seen. */
      readonly certificates: readonly X509Certificate[]
      readonly hasKey: boolean
    }
  | Unopened

interface Unopened {
  readonly state: 'password' | 'damaged' | 'unknown'
  readonly why: string
}

export function openStore(bytes: Uint8Array, password: string): OpenedStore {
  if (isJks(bytes)) return openJks(bytes, password)
  const text = Buffer.from(bytes).toString('latin1')
  if (text.includes('-----BEGIN ')) return openPem(text, password)
  // DER sequence
  if (bytes[0] === 0x30) return openPkcs12(bytes, password)
  return { state: 'unknown', why: 'it is neither PEM, PKCS12 nor JKS; stores of other kinds cannot be read here' }
}

function openJks(bytes: Uint8Array, password: string): OpenedStore {
  const store = readJks(bytes, password)
  if (store === undefined) return { state: 'damaged', why: 'it begins as JKS, but does not hold together' }
  if (!store.opened) return { state: 'password', why: 'the password does not fit' }
  const keys = store.entries.filter(({ kind }) => kind === 'key')
  const entries = [...keys, ...store.entries.filter(({ kind }) => kind === 'trusted')]
  return certificatesOf(
    entries.flatMap(({ certificates }) => certificates),
    'JKS',
    keys.length > 0,
  )
}

function openPem(text: string, password: string): OpenedStore {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g)]
  const key = blocks.find(([, name]) => name!.endsWith('PRIVATE KEY'))?.[0]
  if (key !== undefined) {
    try {
      createPrivateKey({ key, passphrase: password })
    } catch (error) {
      const why = (error as Error).message
      const wrong = /decrypt|passphrase|password/i.test(why)
      return wrong ? { state: 'password', why: 'the password does not fit its key' } : { state: 'damaged', why }
    }
  }
  const certificates = blocks.filter(([, name]) => name === 'CERTIFICATE').map(([pem]) => Buffer.from(pem, 'latin1'))
  return certificatesOf(certificates, 'PEM', key !== undefined)
}

function openPkcs12(bytes: Uint8Array, password: string): OpenedStore {
  try {
    const { context } = createSecureContext({ pfx: Buffer.from(bytes), passphrase: password })
    const { getCertificate } = context as { getCertificate?: () => Buffer | null }
    const own = getCertificate?.call(context) ?? null
    return certificatesOf(own === null ? [] : [own], 'PKCS12', own !== null)
  } catch (error) {
    const why = (error as Error).message
    if (/mac verify failure|invalid password/i.test(why)) return { state: 'password', why: 'the password does not fit' }
    // a store without a key is a trust store: the password was right, or there would be no such complaint
    if (/unable to load private key|no certificate/i.test(why)) {
      return { state: 'opened', kind: 'PKCS12', certificates: [], hasKey: false }
    }
    if (/unsupported/i.test(why))
      return { state: 'unknown', why: 'it is enciphered in an old way that cannot be read here' }
    return { state: 'damaged', why }
  }
}

function certificatesOf(encoded: readonly Uint8Array[], kind: 'PEM' | 'PKCS12' | 'JKS', hasKey: boolean): OpenedStore {
  try {
    return { state: 'opened', kind, certificates: encoded.map((one) => new X509Certificate(one)), hasKey }
  } catch (error) {
    return { state: 'damaged', why: `a certificate in it: ${(error as Error).message}` }
  }
}
