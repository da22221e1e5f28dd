/* The key and trust stores that a member names, opened with the passwords that it names for them. */
import type { X509Certificate } from 'node:crypto'
import { ipv4, ipv6 } from '../../config/java/inet.ts'
import { type Member, memberId, type Setting, settingOf } from '../../config/member.ts'
import { type OpenedStore, openStore } from './open-store.ts'
import { readBytes } from './server-view.ts'

export type StoreRole = 'keyStore' | 'trustStore'

/** `ssl.`: with clients; `ssl.quorum.`: between servers, and of the AdminServer. */
export type StorePrefix = 'ssl.' | 'ssl.quorum.'

export interface MemberStore {
  readonly prefix: StorePrefix
  readonly role: StoreRole
  readonly location: Setting
  readonly outcome:
    | OpenedStore
    | { readonly state: 'missing'; readonly why: string }
    | { readonly state: 'password-file'; readonly why: string }
}

export function storesOf(member: Member): readonly MemberStore[] {
  return (['ssl.', 'ssl.quorum.'] as const).flatMap((prefix) =>
    (['keyStore', 'trustStore'] as const).flatMap((role): MemberStore[] => {
      const location = settingOf(member, `${prefix}${role}.location`)
      return location === undefined
        ? []
        : [{ prefix, role, location, outcome: opened(member, prefix + role, location) }]
    }),
  )
}

function opened(member: Member, store: string, { value: file }: Setting): MemberStore['outcome'] {
  const bytes = readBytes(file)
  if (typeof bytes === 'string') return { state: 'missing', why: `${file} cannot be opened (${bytes})` }
  const password = passwordOf(member, store)
  if (password === undefined) {
    return { state: 'password-file', why: `the file of ${store}.passwordPath cannot be read` }
  }
  return openStore(bytes, password)
}

/** The server takes the file's text up to its end of line. */
function passwordOf(member: Member, store: string): string | undefined {
  const path = settingOf(member, `${store}.passwordPath`)?.value
  if (path === undefined) return settingOf(member, `${store}.password`)?.value ?? ''
  const bytes = readBytes(path)
  return typeof bytes === 'string'
    ? undefined
    : Buffer.from(bytes)
        .toString('utf8')
        .replace(/\r?\n$/, '')
}

/** The host of its own server line. */
export function ownHost(member: Member): string | undefined {
  const id = memberId(member)
  return id === null ? undefined : member.ensemble.servers.get(id)?.addresses[0]?.host
}

/** Whether a certificate is for a host: by its alternative names, else by its common name. */
export function isFor(certificate: X509Certificate, host: string): boolean {
  const literal = ipv4(host) ?? ipv6(host.replace(/^\[|\]$/g, ''))
  return (literal === undefined ? certificate.checkHost(host) : certificate.checkIP(literal)) !== undefined
}
