/* Opens a key or trust store: PEM, PKCS12, and Java's own JKS; private keys are not looked at. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isJks, readJks } from '../../formats/keystore/jks.ts'
import { readPkcs12 } from '../../formats/keystore/pkcs12.ts'

export type StoreKind = 'PEM' | 'PKCS12' | 'JKS'

export type OpenedStore =
  | {
      readonly state: 'opened'
      readonly kind: StoreKind
      /** All of them, the certificate of the key first. */
      readonly certificates: readonly X509Certificate[]
      /** What a server shows: the certificate of the first key, and what lies with it. */
      readonly own: readonly X509Certificate[]
      /** What Java trusts when it is a trust store. */
      readonly trusted: readonly X509Certificate[]
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
  const trusted = store.entries.filter(({ kind }) => kind === 'trusted').flatMap(({ certificates }) => certificates)
  return storeOf('JKS', {
    chains: keys.map(({ certificates }) => certificates),
    trusted: [...trusted, ...keys.flatMap(({ certificates }) => certificates.slice(0, 1))],
    others: trusted,
    hasKey: keys.length > 0,
  })
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
  const hasKey = key !== undefined
  return storeOf('PEM', { chains: hasKey ? [certificates] : [], trusted: certificates, others: certificates, hasKey })
}

function openPkcs12(bytes: Uint8Array, password: string): OpenedStore {
  const store = readPkcs12(bytes, password)
  if (store.state !== 'opened') return store
  const { keys, certificates } = store
  const ofKey = certificates.filter(({ keyId }) => keyId !== null && keys.includes(keyId))
  // a store with one key may say nothing of whose certificate is which
  const own = ofKey.length === 0 && keys.length > 0 ? certificates.slice(0, 1) : ofKey
  const rest = certificates.filter((one) => !own.includes(one))
  const encoded = (some: typeof certificates) => some.map((one) => one.encoded)
  return storeOf('PKCS12', {
    chains: own.map((one) => encoded([one, ...rest.filter(({ trusted }) => !trusted)])),
    trusted: encoded([...rest.filter(({ trusted }) => trusted), ...own]),
    others: encoded(rest),
    hasKey: keys.length > 0,
  })
}

interface Parts {
  /** Of each key. */
  readonly chains: readonly (readonly Uint8Array[])[]
  readonly trusted: readonly Uint8Array[]
  readonly others: readonly Uint8Array[]
  readonly hasKey: boolean
}

function storeOf(kind: StoreKind, { chains, trusted, others, hasKey }: Parts): OpenedStore {
  const known = new Map<string, X509Certificate>()
  const read = (encoded: Uint8Array): X509Certificate => {
    const certificate = new X509Certificate(encoded)
    const same = known.get(certificate.fingerprint256)
    known.set(certificate.fingerprint256, same ?? certificate)
    return same ?? certificate
  }
  try {
    const all = [...chains.flat(), ...others].map(read)
    const own = inOrder((chains[0] ?? []).map(read))
    return { state: 'opened', kind, certificates: [...new Set(all)], own, trusted: trusted.map(read), hasKey }
  } catch (error) {
    return { state: 'damaged', why: `a certificate in it: ${(error as Error).message}` }
  }
}

/** From the first one to who issued it, and so on; what does not belong to it is left out. */
export function inOrder([first, ...rest]: readonly X509Certificate[]): readonly X509Certificate[] {
  if (first === undefined) return []
  const chain = [first]
  for (;;) {
    const last = chain.at(-1)!
    const next = rest.find((one) => !chain.includes(one) && last.checkIssued(one))
    if (next === undefined) return chain
    chain.push(next)
  }
}
